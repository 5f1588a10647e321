"""A model server whose API is OpenAI's: JSON goes there, JSON comes back, and every failure is one plain line.

the address -> https, or http on a private network; the key of its host goes to this address alone, on no redirect
a question -> POST, tried again while that may help, bounded in bytes and in time -> an answer that is a JSON object
an answer that refuses -> what the server says of it, without the key
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from typing import Any

from broadsheet.core.errors import ModelError, SourceError, UsageError
from broadsheet.core.text import squeeze
from broadsheet.http import AnswerError, Client, Limits, World
from broadsheet.http.address import shown, target

KEYS = "BROADSHEET_ENCODER_KEYS"
"""The variable of the environment that holds the keys of model servers, as ``HOST=KEY``."""
_BYTES = 16 * 2**20  # of an answer: 64 vectors of 8,192 numbers as text take about 12 million
PATIENT = Limits(connect=10.0, read=300.0, total=300.0, max_bytes=_BYTES, attempts=6, longest_wait=60.0,
                 patience=600.0)  # fmt: skip
"""For papers: a slow machine may take minutes for a batch, and a service may ask to wait."""
HURRIED = Limits(connect=3.0, read=10.0, total=10.0, max_bytes=_BYTES, attempts=2, longest_wait=1.0, patience=10.0)
"""For queries: a reader waits."""
_MOST_WORDS = 200  # characters of what a server says
_SIZE = re.compile(
    r"too (?:long|large|big|many)|batch.?size|context.?(?:length|window|size)|n_ctx|length limit|longer than|at most|"
    r"exceed|max\w* .{0,40}(?:tokens?|length|inputs?)",
    re.I,
)


class TooLargeError(ModelError):
    """A model server does not take so much at once: too many texts, or one that is too long."""


class Service:
    """The API at ``address``, mostly ``https://HOST/v1``. Of ``keys``, the one of its host is sent there as a bearer
    token and shown nowhere. UsageError for what is not a plain http or https address. Safe for threads."""

    def __init__(self, address: str, *, keys: Mapping[str, str], world: World | None = None) -> None:
        try:
            there = target(address)
        except SourceError as error:
            raise UsageError(str(error)) from None
        if {"?", "#"} & set(address):
            raise UsageError(f"{shown(address)!r} is not the address of an API; expected like https://HOST/v1.")
        self.host, self._key = there.host_header, keys.get(there.host_header, "")
        self.address = f"{there.scheme}://{self.host}{there.path}".rstrip("/")
        if world is None:
            world = World(ssl_context=ssl.create_default_context() if there.scheme == "https" else None)
        self._patient = Client(allow_private=True, limits=PATIENT, world=world)
        self._hurried = Client(allow_private=True, limits=HURRIED, world=world)

    def ask(self, path: str, question: Mapping[str, Any], *, hurried: bool = False) -> dict[str, Any]:
        """Send a question to ``address/path`` and return the answer. TooLargeError when it holds too much at once,
        ModelError when there is no answer; each message is one line."""
        url = f"{self.address}/{path}"
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        client = self._hurried if hurried else self._patient
        try:
            answer = client.post(url, json.dumps(question).encode(), headers=headers, final=_is_final)
        except AnswerError as error:
            raise self._refusal(url, error, str(question.get("model", ""))) from None
        except SourceError as error:
            raise ModelError(f"{self._masked(str(error))}. See that the model server runs there") from None
        return self._object(url, answer.body)

    def _object(self, url: str, body: bytes) -> dict[str, Any]:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            start = self._masked(squeeze(body[:400].decode("utf-8", "replace")))[:60]
            way_out = "Is this the address of an API? Most end in /v1"
            raise ModelError(f"{shown(url)} does not answer with JSON, but with {start!r}. {way_out}.") from None
        if not isinstance(value, dict):
            raise ModelError(f"{shown(url)} answers with JSON of another kind; expected an object.")
        if value.get("error"):
            raise ModelError(f"{shown(url)} answers with an error{self._said(body)}.")
        return value

    def _refusal(self, url: str, error: AnswerError, model: str) -> ModelError:
        """What to tell of an answer that is not a success."""
        where, said = f"{shown(url)} answers {error.status}", self._said(error.body)
        if error.status in (401, 403):  # what it says may quote a part of the key
            fault = "it does not accept the key" if self._key else "it wants a key"
            return ModelError(f"{where}: {fault}. Put {self.host}=KEY into the environment variable {KEYS}.")
        if error.status == 404:
            return ModelError(f"{where}{said}: is {model!r} a model there, and is the address right? Most end in /v1.")
        if 300 <= error.status < 400:
            return ModelError(f"{self._masked(str(error))}.")
        if _is_size(error.status, error.body):
            return TooLargeError(f"{where}{said}.")
        if error.status == 429:
            return ModelError(f"{where}{said}: its limit for you is reached. Run the command again later.")
        return ModelError(f"{where}{said}.")

    def _said(self, body: bytes) -> str:
        """The server's own words in brackets, on one line, short and without the key; empty where it says nothing."""
        words = self._masked(squeeze(_words(body)))[:_MOST_WORDS].rstrip(". ")
        return f" ({words})" if words else ""

    def _masked(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def _is_size(status: int, body: bytes) -> bool:
    """Whether an answer says that a question holds too much; llama.cpp's server says so with 500."""
    return status == 413 or (status in (400, 422, 500) and bool(_SIZE.search(_words(body))))


def _is_final(status: int, body: bytes) -> bool:
    """Whether the same question would be refused again, though the status alone would let one hope."""
    return _is_size(status, body) or (status == 429 and "quota" in _words(body))


def _words(body: bytes) -> str:
    """The message in the body of an error, in whichever form the server writes it; empty for a page."""
    try:
        value = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        text = body[:1_000].decode("utf-8", "replace")
        return "" if "<" in text else text
    for name in ("error", "message", "detail", "msg"):
        value = value[0] if isinstance(value, list) and value else value
        value = value[name] if isinstance(value, dict) and name in value else value
    return value if isinstance(value, str) else ""
