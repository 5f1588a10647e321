"""What went wrong, in the status and the shape that each kind of client reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError

from broadsheet.core.errors import (
    BroadsheetError,
    CollectionError,
    MailError,
    ModelError,
    NotFoundError,
    SourceError,
    UsageError,
)
from broadsheet.site.problems import problem, problem_at, responses, status_and_detail


def sent(answer: Any) -> Any:
    return json.loads(answer.body)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("no such paper"), 404),
        (UsageError("expected a day"), 400),
        (CollectionError("run sync"), 503),
        (ModelError("no weights"), 503),
        (SourceError("out of reach"), 500),
        (MailError("no server"), 500),
        (HTTPException(429, "That was too often."), 429),
    ],
)
def test_an_error_that_is_foreseen_has_its_status_and_its_words(error: Exception, status: int) -> None:
    words = error.detail if isinstance(error, HTTPException) else str(error)
    assert status_and_detail(error) == (status, words)


def test_every_error_of_ours_has_a_status() -> None:
    for kind in BroadsheetError.__subclasses__():
        status, line = status_and_detail(kind("what went wrong"))
        assert status in (400, 404, 500, 503)
        assert line == "what went wrong"


def test_an_error_that_no_one_foresaw_tells_nothing() -> None:
    status, line = status_and_detail(RuntimeError("the secret of the house"))
    assert (status, "secret" in line) == (500, False)


def test_a_wrong_parameter_is_named_with_what_came() -> None:
    errors = [
        {"type": "missing", "loc": ("query", "q"), "msg": "Field required", "input": None},
        {"type": "value_error", "loc": ("query", "since"), "msg": "Value error, expected a day", "input": "x" * 500},
        {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None},
    ]
    status, line = status_and_detail(RequestValidationError(errors))
    came = f"since: expected a day; got {'x' * 60!r}"
    assert (status, line) == (422, f"q: field required; {came}; the request: field required")


def test_no_more_than_five_mistakes_are_told() -> None:
    errors = [{"type": "missing", "loc": ("query", f"f{i}"), "msg": "Field required"} for i in range(9)]
    assert status_and_detail(RequestValidationError(errors))[1].count("field required") == 5


def test_a_problem_is_written_as_the_standard_has_it() -> None:
    answer = problem(404, "There is no such paper.")
    assert (answer.status_code, answer.media_type) == (404, "application/problem+json")
    assert sent(answer) == {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is no such paper.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "given", "kind", "code"),
    [
        (401, 401, "invalid_request_error", "invalid_api_key"),
        (404, 404, "invalid_request_error", "model_not_found"),
        (422, 400, "invalid_request_error", None),
        (429, 429, "server_error", "rate_limit_exceeded"),
        (503, 503, "server_error", None),
    ],
)
def test_openais_clients_read_their_own_shape(status: int, given: int, kind: str, code: str | None) -> None:
    answer = problem_at("/v1/embeddings", status, "what went wrong")
    assert answer.status_code == given
    assert sent(answer) == {"error": {"message": "what went wrong", "type": kind, "param": None, "code": code}}


def test_semantic_scholars_clients_find_their_field_in_the_problem() -> None:
    answer = problem_at("/recommendations/v1/papers", 400, "what went wrong")
    assert sent(answer)["error"] == sent(answer)["detail"] == "what went wrong"
    assert sent(problem_at("/api/search", 400, "x")) == sent(problem(400, "x"))


def test_a_route_is_described_with_what_any_may_answer() -> None:
    assert sorted(responses(404, 404)) == [404, 422, 500]
    assert responses(404)[404]["description"] == "Not Found"
