"""Errors as a status and one line, and as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError, NotFoundError, UsageError
from broadsheet.site.fields import expectation

MEDIA = "application/problem+json"
PATHS = ("/api/", "/feeds/", "/recommendations/", "/v1/", "/healthz")  # where programs ask
_STATUS: tuple[tuple[type[BroadsheetError], int], ...] = (
    (NotFoundError, 404),
    (UsageError, 400),
    (CollectionError, 503),
    (ModelError, 503),
)


class Problem(BaseModel):
    """An error in the format of RFC 9457."""

    type: str = "about:blank"
    title: str = Field(description="The meaning of the status.")
    status: int
    detail: str = Field(description="What went wrong with this request, and the way out.")


def problem(status: int, detail: str) -> JSONResponse:
    """Answer with an error in the API's format."""
    return JSONResponse(_fields(status, detail), status, media_type=MEDIA)


def _fields(status: int, detail: str) -> dict[str, Any]:
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail).model_dump()


def problem_at(path: str, status: int, detail: str) -> JSONResponse:
    """Answer with an error in the format that clients of a path read; OpenAI's and Semantic Scholar's differ."""
    if path.startswith("/v1/"):
        kind = "invalid_request_error" if status < 500 and status != 429 else "server_error"
        code = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}.get(status)
        error = {"message": detail, "type": kind, "param": None, "code": code}
        return JSONResponse({"error": error}, 400 if status == 422 else status)
    if path.startswith("/recommendations/"):
        return JSONResponse({"error": detail, **_fields(status, detail)}, status, media_type=MEDIA)
    return problem(status, detail)


def status_and_detail(error: Exception) -> tuple[int, str]:
    """Return the status and the line for any error; the details of an unexpected one go to the log only."""
    if isinstance(error, RequestValidationError):
        return 422, "; ".join(_mistake(each) for each in error.errors()[:5])
    if isinstance(error, StarletteHTTPException | HTTPException):
        return error.status_code, str(error.detail)
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status, str(error)
    if isinstance(error, BroadsheetError):
        return 500, str(error)
    return 500, "An unexpected error occurred; the server's log says more."


def _mistake(error: dict[str, Any]) -> str:
    """Word one parameter's mistake: its name, what was expected, what it was."""
    name = ".".join(str(part) for part in error["loc"][1:]) or "the request"
    came = "" if error["type"] == "missing" else f"; got {str(error.get('input'))[:60]!r}"
    return f"{name}: {expectation(error)}{came}"


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe these errors of a route for the OpenAPI document."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": HTTPStatus(status).phrase, "model": Problem, "content": {MEDIA: schema}}
        for status in _with_common(statuses)
    }


def _with_common(statuses: Sequence[int]) -> list[int]:
    return sorted({*statuses, 422, 500})
