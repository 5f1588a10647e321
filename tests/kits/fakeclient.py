"""A client that answers from a table, for live sources: an answer for each beginning of an address, in order."""

from __future__ import annotations

from typing import Any

from broadsheet.core.errors import SourceError
from broadsheet.http import AnswerError, Response


class FakeClient:
    """``FakeClient({"https://host/path": [b"first", b"second"]})``; ``asked`` keeps the addresses."""

    def __init__(self, answers: dict[str, Any], *, contact: str = "") -> None:
        self.contact = contact
        self.answers = {start: list(a) if isinstance(a, list) else [a] for start, a in answers.items()}
        self.asked: list[str] = []

    def get(self, url: str, *, accept: str = "*/*", since: Any = None) -> Response:
        self.asked.append(url)
        for start, answers in self.answers.items():
            if url.startswith(start):
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if isinstance(answer, int):
                    raise AnswerError(f"{url} answers {answer}", status=answer)
                if isinstance(answer, Exception):
                    raise answer
                return Response(200, {}, answer, url)
        raise SourceError(f"the host of {url} is unknown")
