"""Addresses for use outside the site: absolute, by the settings, else by the request."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import Request

from broadsheet.site.context import Site

_IN_A_PATH = "/:@,;=+!$()*~"
_MOST_FIELDS = 1_000
_LONGEST_LINK = 4_000  # characters that fit in a header


def base_of(request: Request, site: Site) -> str:
    """Return the beginning of every address of the site, without a final `/`. The guard has checked the Host."""
    return site.settings.address.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"


def is_https(request: Request, site: Site) -> bool:
    """Tell whether readers open the site over HTTPS, so that cookies can be limited to it."""
    return base_of(request, site).startswith("https:")


def paper_page(id_: str) -> str:
    """Return the path of a paper's page; ids may hold `/` and `:`."""
    return f"/paper/{quote(id_, safe=_IN_A_PATH)}"


def request_path(request: Request, **changes: object) -> str:
    """Return path and query of a request in one normal form, with changes to the query (None: left out)."""
    pairs = [(name, value) for name, value in _query(request) if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    path = quote(str(request.scope["path"]).encode("utf-8", "replace"), safe=_IN_A_PATH)
    return f"{path}?{urlencode(pairs + added, errors='replace')}" if pairs + added else path


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True, errors="replace")[:_MOST_FIELDS]


def next_link(address: str) -> dict[str, str]:
    """Return the header that links to the next part of a list; empty for an address too long for a header."""
    return {"link": f'<{address}>; rel="next"'} if len(address) <= _LONGEST_LINK else {}


def authority(site: Site) -> str:
    """Return the host name for permanent ids: of the public address, else the first name that is not this machine's.

    It is never the name in a request, or ids would change with it.
    """
    public = urlsplit(site.settings.address).hostname
    names = (name.rpartition(":")[0] or name for name in site.settings.names if "[" not in name)
    return public or next((name for name in names if name not in ("127.0.0.1", "localhost")), "localhost")
