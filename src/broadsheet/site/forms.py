"""Forms: read only if bounded, sent from our own page, and with the browser's token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, HTTPException, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect

from broadsheet.people import links
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.limits import host_of

FIELD = "token"
_LONGEST_FORM = 128 * 1024  # bytes of a form without files
_MOST_FIELDS = 300


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, in their order; each file with its name and bytes."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, bytes], ...] = ()

    def get(self, name: str, default: str = "", *, longest: int = 2_000) -> str:
        """Return the first value of a field without surrounding space, cut at ``longest`` characters."""
        value = next((value for field, value in self.fields if field == name), default)
        return value.strip()[:longest]

    def all(self, name: str, *, most: int = 200, longest: int = 2_000) -> list[str]:
        """Return every value of a field that is not empty."""
        values = [value.strip()[:longest] for field, value in self.fields if field == name]
        return [value for value in values if value][:most]

    def number(self, name: str) -> int | None:
        """Read a field as a whole number; None if it is not one."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Return a chosen file: its name and bytes; None if no file was chosen."""
        return next(((title, data) for field, title, data in self.files if field == name and title), None)

    @property
    def back(self) -> str:
        """Return where to go afterwards: a path of this site, else the front page."""
        return local(self.get("next", longest=4_000))


def local(path: str) -> str:
    """Return a path of this site unchanged; the front page for anything that would lead elsewhere."""
    plain = path.startswith("/") and path.isprintable() and "\\" not in path
    return path if plain and not path.startswith("//") else "/"


async def read_form(request: Request, site: TheSite, visitor: TheVisitor) -> Form:
    """Read the form of a POST that our own page sent, with the browser's token; HTTPException for any other."""
    own_page(request, site)
    if site.settings.people != "single":
        site.limit("changes", str(visitor.number) if visitor.person else host_of(request, site))
    form = await _parse(request)
    expected = visitor.csrf(site.secret) if visitor.key else ""
    if not (expected and hmac.compare_digest(links.unmask(form.get(FIELD)), expected.encode())):
        raise HTTPException(
            403, "This form is too old, or your browser refuses cookies: reload the page and try again."
        )
    return form


def own_page(request: Request, site: Site) -> None:
    """Refuse with HTTPException 403 what another site's page sends, or a plain HTTP page of a site served over HTTPS,
    which anyone on the network could have made. Browsers send the Origin with every POST."""
    origin, public = _origin(request.headers.get("origin", "")), _origin(site.settings.address)
    if origin[1] != request.headers.get("host", "").lower() or (origin[1] == public[1] and origin[0] != public[0]):
        raise HTTPException(403, "This change did not come from a page of this site, so it was not made.")


def _origin(address: str) -> tuple[str, str]:
    """Split an address into scheme and host with port; anything else gets a host that no request has. Browsers never
    leave the scheme out."""
    try:
        parts = urlsplit(address.lower())
    except ValueError:
        return "", "none"
    return (parts.scheme, parts.netloc) if parts.scheme in ("http", "https") and parts.netloc else ("", "none")


async def _parse(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request)
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Expected a form.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            raise HTTPException(413, f"The form is too long: it may have {_LONGEST_FORM // 1024} kB.")
    try:
        text = body.decode("ascii")
        return Form(tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")))
    except ValueError as error:
        raise HTTPException(400, "This form cannot be read.") from error


async def _multipart(request: Request) -> Form:
    """Read a form with a file; the guard bounds the whole body."""
    fields, files = [], []
    _, options = parse_options_header(request.headers["content-type"])
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":  # some decode to lone surrogates
        raise HTTPException(400, "This form cannot be read: expected UTF-8.")
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FORM) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files.append((name, (value.filename or "")[:255], await value.read()))
                else:
                    fields.append((name, value))
    except (MultiPartException, ClientDisconnect, ValueError) as error:
        raise HTTPException(400, "This form cannot be read.") from error
    return Form(tuple(fields), tuple(files))


TheForm = Annotated[Form, Depends(read_form)]
