"""An encoder behind the API of OpenAI's ``/embeddings``: OpenAI, llama.cpp, Ollama, vLLM, TEI, LM Studio, Broadsheet.

texts -> their prompt before them -> fewer tokens than are left of the bound? -> groups -> the server -> unit rows
a group that is too large -> its halves, and smaller groups from then on; one text that is too long -> its beginning

The name holds what makes the vectors, the address included: two servers may give two models one name. A vector is
comparable with another if the name, the model that the server says it used, and the dimension are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple, get_args
from urllib.parse import quote, unquote

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Role, Usage, Vectors
from broadsheet.core.recent import Recent
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.encoders.embeddings import MOST_DIMENSIONS, Embedded, read
from broadsheet.encoders.service import KEYS, Service, TooLargeError
from broadsheet.encoders.switches import cut, prompt, prompts
from broadsheet.encoders.switches import read as read_switches
from broadsheet.files.vectors import text_key

_SWITCHES = ("model", "dim", "prompt", "query_prompt", "document_prompt")
_SECRETS = ("key", "api_key", "apikey", "token", "secret", "password")
_FORM = "expected openai:https://HOST/v1?model=NAME"
_TEXTS, _CHARACTERS = 64, 200_000  # of one request
_LONGEST = 100_000  # characters of a text that are sent
_SHORTEST, _KEEP = 64, 0.75  # characters of a text that is not cut further; how much of it a cut leaves
_REMEMBERED = 100_000  # texts that were cut
_PRIOR = (250.0, 1_000.0)  # tokens in so many bytes, before the server has counted any


class Names(NamedTuple):
    """What the name of the encoder says: the model, the dimension to ask for (None: the model's own), the prompts."""

    model: str
    dim: int | None
    prompts: Mapping[str, str]


def named(rest: str, *, keys: Mapping[str, str], most_tokens: int = 0) -> OpenAIEncoder:
    """Make the encoder ``URL?model=NAME``, also with ``dim=`` and prompts. ``keys`` are by host;
    ``most_tokens`` bounds what the encoder has read in its life, 0: no bound. UsageError for a name that is not whole.
    """
    address, switches = cut(rest)
    if not address:
        raise UsageError(f"openai: needs an address and a model; {_FORM}.")
    return OpenAIEncoder(Service(address, keys=keys), _names(switches), most_tokens=most_tokens)


def _names(switches: str) -> Names:
    if any(part.partition("=")[0].lower() in _SECRETS for part in switches.split("&")):
        raise UsageError(f"A key does not belong into a name, which is shown and stored: put it into {KEYS}.")
    values = read_switches(switches, _SWITCHES)
    if "model" not in values:
        raise UsageError(f"openai: does not say which model; {_FORM}.")
    dim = values.get("dim", "")
    if dim and not (dim.isascii() and dim.isdigit() and 0 < int(dim[:6]) <= MOST_DIMENSIONS):
        raise UsageError(f"dim is {dim[:20]!r}; expected the number of dimensions, from 1 to {MOST_DIMENSIONS:,}.")
    texts = {role: prompt(values.get(f"{role}_prompt", values.get("prompt", ""))) for role in get_args(Role)}
    own = {role: text for role, text in texts.items() if text}
    return Names(unquote(values["model"]), int(dim) if dim else None, own)


@dataclass
class _Learned:
    """What the answers of a server have told: who gives vectors of how many dimensions, what it has counted, how many
    texts it takes at once, how many it found too long, and the fewest characters of one of these."""

    model: str | None = None
    dim: int = 0
    tokens: int = 0
    estimated: int = 0
    size: int = 0
    texts: int = _TEXTS
    shortened: int = 0
    long: int = _LONGEST + 1


class OpenAIEncoder:
    """Encode texts with the model of a server. Nothing is sent before the first text. ``usage`` says how many tokens
    were read; a call that would pass ``most_tokens`` is refused before it is sent. Safe for threads."""

    def __init__(self, service: Service, names: Names, *, most_tokens: int = 0) -> None:
        self._service, self._names, self._most_tokens = service, names, most_tokens
        self._learned, self._lock = _Learned(), threading.Lock()
        self._shortened: Recent[bytes, bool] = Recent(_REMEMBERED, size=64 * _REMEMBERED)
        self.name = f"openai:{service.address}?{_written(names)}"

    @property
    def manifest(self) -> Manifest:
        """Return what must be equal for two vectors to be comparable; the first time a word is sent to learn it."""
        if self._learned.model is None:
            self._ask(["dimension"])
        return Manifest(
            encoder=self.name, version=self._learned.model or "", weights="", dim=self._learned.dim,
            pooling="its own", prompts=self._names.prompts,
        )  # fmt: skip

    @property
    def usage(self) -> Usage:
        """Return the tokens that were read since the encoder was made, and how many of them are an estimate."""
        return Usage(self._learned.tokens, self._learned.estimated)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return unit rows, float32 (n, dim), in the order given. A text without a character is not sent. ModelError
        when the server does not answer, refuses, answers wrongly, or would read more than ``most_tokens``."""
        sent = [self._sent(text, role) for text in texts]
        places = [place for place, text in enumerate(sent) if text.strip()]
        full = [sent[place] for place in places]
        self._require_budget(full)
        parts = [self._vectors(group, role) for group in self._groups(full)]
        rows = np.zeros((len(texts), self.manifest.dim), np.float32)
        if parts:
            rows[places] = np.concatenate(parts)
        return unit(rows)

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): of which of these documents this encoder sent only the beginning, or the server said that
        it read only that. A server that cuts texts without a word is not noticed."""
        sent = [self._sent(text, "document") for text in texts]
        return np.array([len(text) > _LONGEST or self._is_shortened(text) for text in sent], bool)

    def _sent(self, text: str, role: Role) -> str:
        whole = self._names.prompts.get(role, "") + text
        return whole[: _LONGEST + 1].encode("utf-8", "replace").decode()

    def _is_shortened(self, text: str) -> bool:
        return self._shortened.get(text_key(text)) is not None

    def _require_budget(self, texts: Sequence[str]) -> None:
        """Refuse texts that would pass the bound, before any of them is paid for."""
        if not self._most_tokens:
            return
        used, size = self._learned.tokens, sum(len(text.encode()) for text in texts)
        expected = ceil(size * (used + _PRIOR[0]) / (self._learned.size + _PRIOR[1]))
        if texts and used + expected > self._most_tokens:
            raise ModelError(
                f"{self.name} has read {used:,} tokens, and the next {len(texts):,} texts need about {expected:,} more "
                f"than most_tokens = {self._most_tokens:,} allows a run. What was encoded is kept: raise most_tokens, "
                "or run the command again"
            )

    def _groups(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Texts in groups that one request takes; what is as long as a text that was too long goes alone."""
        group: list[str] = []
        for text in texts:
            size = sum(map(len, group)) + len(text)
            alone = len(text) >= self._learned.long or (group and len(group[-1]) >= self._learned.long)
            if group and (alone or len(group) >= self._learned.texts or size > _CHARACTERS):
                yield group
                group = []
            group.append(text)
        if group:
            yield group

    def _vectors(self, texts: list[str], role: Role) -> Vectors:
        """The vectors of a group, float32 (n, dim), in as many requests as it takes."""
        try:
            return self._ask([text[:_LONGEST] for text in texts], role=role)
        except TooLargeError:
            if len(texts) == 1:
                return self._beginning(texts[0], role)
        half = ceil(len(texts) / 2)
        before = self._learned.shortened
        rows = np.concatenate([self._vectors(texts[:half], role), self._vectors(texts[half:], role)])
        if self._learned.shortened == before:  # none of them was too long, so they were too many
            self._learned.texts = min(self._learned.texts, half)
        return rows

    def _beginning(self, text: str, role: Role) -> Vectors:
        """The vector of as much of a text as the server takes, float32 (1, dim)."""
        self._learned.long, self._learned.shortened = min(self._learned.long, len(text)), self._learned.shortened + 1
        part = text[:_LONGEST]
        while True:
            part = part[: int(len(part) * _KEEP)]
            try:
                row = self._ask([part], role=role)
            except TooLargeError:
                if len(part) < _SHORTEST:
                    raise
            else:
                self._shortened.keep(text_key(text), True, size=64)
                return row

    def _ask(self, texts: list[str], *, role: Role = "document") -> Vectors:
        """One request. What it tells is remembered; an answer by another model than before is refused."""
        dimensions = {"dimensions": self._names.dim} if self._names.dim else {}
        asked = {"model": self._names.model, "input": texts, "encoding_format": "float", **dimensions}
        answer = self._service.ask("embeddings", asked, hurried=role == "query")
        try:
            made = read(answer, len(texts))
            with self._lock:
                self._count(made.tokens, sum(len(text.encode()) for text in texts))
                self._require_same(made)
        except ModelError as error:
            raise ModelError(f"{self.name}: {error}.") from None
        for place in made.cut:
            self._shortened.keep(text_key(texts[place]), True, size=64)
        return made.vectors

    def _count(self, tokens: int | None, size: int) -> None:
        learned = self._learned
        if tokens is None:
            tokens = ceil(size * _PRIOR[0] / _PRIOR[1])
            learned.estimated += tokens
        learned.tokens, learned.size = learned.tokens + tokens, learned.size + size

    def _require_same(self, made: Embedded) -> None:
        dim, learned = made.vectors.shape[1], self._learned
        if self._names.dim not in (None, dim):
            raise ModelError(f"the server was asked for {self._names.dim:,} dimensions and gives {dim:,}")
        if learned.model is None:
            learned.model, learned.dim = made.model, dim
        if (made.model, dim) != (learned.model, learned.dim):
            raise ModelError(
                f"the model {made.model!r} answers with {dim:,} dimensions, and before it was {learned.model!r} with "
                f"{learned.dim:,}: their vectors cannot be mixed"
            )


def _written(names: Names) -> str:
    """The switches of a name, always in one order and in one spelling."""
    dim = [f"dim={names.dim}"] if names.dim else []
    return "&".join([f"model={quote(names.model, safe='/:@,.')}", *dim, *prompts({}, names.prompts)])
