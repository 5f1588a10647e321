"""How often someone may do a thing: a window of time for each key, kept in memory and bounded.

A key is an address, a network or a person; only the moments within its limit are kept.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

_MOST_KEYS = 50_000


class Limit:
    """At most ``most`` times in ``window`` for each key. Safe for threads."""

    def __init__(self, most: int, window: timedelta) -> None:
        self.most, self.window = most, window
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, *, now: datetime) -> timedelta | None:
        """Count one act for this key and return None; or, when there were too many, return how long to wait."""
        with self._lock:
            self._forget(now)
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while times and not timedelta(0) <= now - times[0] < self.window:  # a clock set back forgives
                times.popleft()
            if len(times) >= self.most:
                return times[0] + self.window - now
            times.append(now)
            if len(self._times) > _MOST_KEYS:
                self._times.popitem(last=False)
            return None

    def __len__(self) -> int:
        """Count the keys that are kept."""
        return len(self._times)

    def _forget(self, now: datetime) -> None:
        """Drop the oldest keys once their window is over."""
        while self._times:
            key, times = next(iter(self._times.items()))
            if times and now - times[-1] < self.window:
                return
            del self._times[key]


def network(host: str) -> str:
    """Return the network of an IP address: /24 of IPv4, /56 of IPv6, as one household has it. A port, which some
    proxies add and which changes with each connection, is ignored."""
    try:
        ip = ipaddress.ip_address(_without_port(host).partition("%")[0])
    except ValueError:
        return host[:100]
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    prefix = 24 if ip.version == 4 else 56
    return str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False))


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
