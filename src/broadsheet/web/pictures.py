"""The pictures of papers, from the folder of this instance, for those whom the site admits."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from broadsheet.pictures import pictures_of
from broadsheet.site.conditional import with_etag
from broadsheet.site.context import TheSite

router = APIRouter(include_in_schema=False)


@router.get("/picture/{name}.webp")
def picture(request: Request, site: TheSite, name: str) -> Response:
    """Send a picture by its name, which follows from where it was fetched, so that browsers need not ask again."""
    body = pictures_of(site.collection).read(name) if site.settings.pictures else None
    if body is None:
        raise HTTPException(404, "This site does not have this picture.")
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    return with_etag(request, Response(body, headers=headers, media_type="image/webp"))
