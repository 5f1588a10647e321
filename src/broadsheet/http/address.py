"""Where an address leads, decided once: the host is resolved here and the connection goes to what was checked.

target = the address cut into its parts, http and https only, no user or password
addresses = what the resolver says, less everything that is not public
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from broadsheet.core.errors import SourceError

Resolve = Callable[[str, int], list[str]]
_SECRET = re.compile(r"key|token|secret|passw|pwd|auth|sig|session|credential|mail", re.I)
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}
_MOST_ADDRESSES = 3
_LONGEST_QUERY = 2_000  # characters of a query that are considered for a message


@dataclass(frozen=True, slots=True)
class Target:
    """One address taken apart; ``path`` holds the query too, ``host`` has no brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Return the value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def shown(url: str) -> str:
    """Return an address for a message: no user, no fragment, secrets in the query starred, up to 200 characters."""
    head, mark, query = url.partition("#")[0].partition("?")
    head = re.sub(r"//[^/]*@", "//***@", head)
    text = head + mark + "&".join(map(_starred, query[:_LONGEST_QUERY].split("&")))
    return "".join(c if c.isprintable() else "?" for c in text)[:200]


def _starred(field: str) -> str:
    """A field of a query, without its value where a name in it says that something is secret."""
    return f"{field.partition('=')[0]}=***" if _SECRET.search(field.rpartition("=")[0]) else field


def target(url: str) -> Target:
    """Return the parts of an address; SourceError when it is not a plain http or https address."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), _ascii(parts.hostname or ""), parts.port
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    except ValueError as error:
        raise SourceError(f"{shown(url)!r} is not an address: expected https://HOST/PATH") from error
    if scheme not in _PORTS or not _HOST.fullmatch(host):
        raise SourceError(f"{shown(url)!r} cannot be fetched: expected an address that begins with https:// or http://")
    if "@" in parts.netloc:
        raise SourceError(f"{shown(url)!r} contains a user name or password: remove it from the address")
    return Target(scheme, host, port or _PORTS[scheme], f"{path}?{query}" if query else path)


def _ascii(host: str) -> str:
    if ":" in host or host.isascii():
        return host.lower()
    return host.encode("idna").decode("ascii").lower()


def system_resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system knows them, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(asked: Target, resolve: Resolve, *, allow_private: bool) -> list[str]:
    """Return at most three addresses to connect to; SourceError if the host is unknown or has no public address."""
    try:
        found = resolve(asked.host, asked.port)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"the host {asked.host!r} is unknown: check its spelling and the network") from error
    allowed = [address for address in found if allow_private or public(address)]
    if not allowed:
        raise SourceError(
            f"the host {asked.host!r} has no public address ({', '.join(found[:3]) or 'no address at all'}): to read "
            "private networks, turn on the setting allow_private"
        )
    return allowed[:_MOST_ADDRESSES]


def sealed(asked: Target, addresses: list[str]) -> list[str]:
    """Return the addresses to which what is sent stays unread on the way: all by https, private ones by http.
    SourceError if none is left."""
    safe = [address for address in addresses if asked.scheme == "https" or not public(address)]
    if not safe:
        raise SourceError(
            f"the host {asked.host!r} is public, and http would send texts and keys in the clear: use https"
        )
    return safe


def public(address: str) -> bool:
    """Return whether an IP address is on the public internet, judged by the IPv4 address inside it if it has one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := _inner(ip):
            return public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback)


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, 6to4, Teredo or NAT64 address stands for."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
