"""Addresses that leave the site: absolute, as the settings say, else as the site was asked for."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import Request

from broadsheet.site.context import Site

_IN_A_PATH = "/:@,;=+!$()*~"
_MOST_FIELDS = 1_000
_LONGEST_LINK = 4_000  # characters that stand in a header


def base_of(request: Request, site: Site) -> str:
    """Give the beginning of every address of the site, without a `/` at its end. The guard has checked the Host."""
    return site.settings.address.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"


def is_https(request: Request, site: Site) -> bool:
    """Tell whether readers open the site over HTTPS, so that its cookies are for that alone."""
    return base_of(request, site).startswith("https:")


def paper_page(id_: str) -> str:
    """Give the path of a paper's page; ids may hold `/` and `:`."""
    return f"/paper/{quote(id_, safe=_IN_A_PATH)}"


def asked_for(request: Request, **changes: object) -> str:
    """Give path and query of a request in one way of writing them, with changes to the query (None: without)."""
    kept = [(name, value) for name, value in _query(request) if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    path = quote(str(request.scope["path"]).encode("utf-8", "replace"), safe=_IN_A_PATH)
    return f"{path}?{urlencode(kept + added, errors='replace')}" if kept + added else path


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True, errors="replace")[:_MOST_FIELDS]


def next_link(address: str) -> dict[str, str]:
    """Give the header that leads on to the next part of a list; none for an address too long for a header."""
    return {"link": f'<{address}>; rel="next"'} if len(address) <= _LONGEST_LINK else {}


def authority(site: Site) -> str:
    """Give the host name for lasting ids: of the public address, else the first name that is not this machine's.

    Never the one that a request happens to use, or ids would change with it.
    """
    public = urlsplit(site.settings.address).hostname
    names = (name.rpartition(":")[0] or name for name in site.settings.names if "[" not in name)
    return public or next((name for name in names if name not in ("127.0.0.1", "localhost")), "localhost")
