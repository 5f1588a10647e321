"""Vectors of texts at OpenAI's paths and in their shape, by the Collection's own encoder. Nothing is kept or logged.

a known model? texts, not too many? a turn free? -> the encoder -> vectors, tokens counted, texts that were cut named
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints, WithJsonSchema

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.problems import responses

MOST_TEXTS, MOST_CHARACTERS = 2_048, 2_000_000  # of one request
_AT_ONCE = 2  # requests that may encode: the others are told to come again, and searches go on
_AGAIN = "2"  # seconds
_TURNS = threading.BoundedSemaphore(_AT_ONCE)
_INPUT = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})

router = APIRouter(tags=["embeddings"])


class Question(BaseModel):
    """Texts to encode."""

    model: Annotated[str, StringConstraints(max_length=500)] = Field(description="A name from `/v1/models`.")
    input: Annotated[Any, _INPUT] = Field(description="A text or a list of texts; no lists of token numbers.")
    encoding_format: Literal["float", "base64"] = Field(
        default="float", description="`base64`: the bytes of the float32 numbers, little end first."
    )
    dimensions: int | None = Field(default=None, description="The model's own, if any is named.")
    input_type: Role = Field(default="document", description="What the texts are: documents, or queries for them.")


class Embedding(BaseModel):
    """The unit vector of one text."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """What was read: the encoder's tokens, or words where it counts none."""

    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    """A vector a text, in the order given."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: Usage
    truncated: list[int] = Field(description="Which texts were longer than the model reads: only their beginning was.")


class Model(BaseModel):
    """An encoder."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(default=0, description="Not known.")
    owned_by: str = "broadsheet"


class Models(BaseModel):
    """The encoders that can be asked."""

    object: Literal["list"] = "list"
    data: list[Model]


def needs_person(visitor: TheVisitor) -> None:
    """Encoding keeps every core busy: strangers may not ask for it."""
    if visitor.person is None:
        raise HTTPException(401, "Encoding needs a token of this site: make one on your account page.")


@router.get("/v1/models", responses=responses(), summary="The encoders, as OpenAI lists models")
def models(site: TheSite) -> Models:
    """The Collection's encoder."""
    return Models(data=[Model(id=name) for name in _names(site)])


@router.get("/v1/models/{name:path}", responses=responses(404), summary="One encoder")
def model(site: TheSite, name: str) -> Model:
    """The encoder of this name."""
    return Model(id=_require(site, name))


@router.post(
    "/v1/embeddings",
    dependencies=[Depends(needs_person)],
    responses=responses(400, 401, 404, 429, 503),
    response_model=Embeddings,
    summary="Vectors of texts",
)
def embeddings(site: TheSite, question: Question) -> JSONResponse:
    """Unit vectors by the Collection's encoder. Texts that it cannot read whole are named in `truncated` and in the
    header `x-truncated`."""
    name, texts = _require(site, question.model), _texts(question.input)
    with _turn():
        encoder = site.collection.encoder
        vectors = encoder.encode(texts, role=question.input_type)
        read, cut = _read(encoder, texts), _cut(encoder, texts)
    if question.dimensions not in (None, vectors.shape[1]):
        raise UsageError(f"dimensions is {question.dimensions}, but vectors of {name} have {vectors.shape[1]}")
    data = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(_written(vectors, question))]
    usage = {"prompt_tokens": read, "total_tokens": read}
    headers = {"x-truncated": ",".join(map(str, cut))} if cut else {}
    answer = {"object": "list", "data": data, "model": name, "usage": usage, "truncated": cut}
    return JSONResponse(answer, headers=headers)


def _names(site: Site) -> list[str]:
    return [site.collection.encoder_name]


def _require(site: Site, name: str) -> str:
    if name not in _names(site):
        raise NotFoundError(f"The model {name[:100]!r} does not exist here. Known: {', '.join(_names(site))}.")
    return name


def _texts(given: Any) -> list[str]:
    """The texts of an ``input``; UsageError says what it should have been."""
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise UsageError("input should be a text or a list of texts that is not empty")
    if any(isinstance(text, int | list) for text in texts):
        raise UsageError("input holds token numbers, but other models number tokens in other ways: send texts")
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise UsageError("input holds something that is no text, or a text without words")
    if len(texts) > MOST_TEXTS:
        raise UsageError(f"input holds {len(texts):,} texts, at most {MOST_TEXTS:,} are encoded at once: send parts")
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise UsageError(f"input holds more than {MOST_CHARACTERS:,} characters in all: send parts")
    if any("\ud800" <= character <= "\udfff" for text in texts for character in text if character > "\ud7ff"):
        raise UsageError("input holds half of a character (a lone surrogate): send whole ones")
    return texts


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few places to encode in; HTTPException 429 when all are taken."""
    if not _TURNS.acquire(blocking=False):
        raise HTTPException(429, "Other texts are being encoded: try again in a moment.", {"retry-after": _AGAIN})
    try:
        yield
    finally:
        _TURNS.release()


def _read(encoder: Encoder, texts: Sequence[str]) -> int:
    """Tokens that were read; words, where an encoder does not count tokens."""
    count = getattr(encoder, "tokens", None)
    return int(sum(count(texts))) if count else sum(len(text.split()) for text in texts)


def _cut(encoder: Encoder, texts: Sequence[str]) -> list[int]:
    """Which texts were not read whole."""
    told = getattr(encoder, "too_long", None)
    return [int(i) for i in told(texts).nonzero()[0]] if told else []


def _written(vectors: Vectors, question: Question) -> Iterator[list[float] | str]:
    for row in vectors:
        as_bytes = question.encoding_format == "base64"
        yield base64.b64encode(row.astype("<f4").tobytes()).decode() if as_bytes else row.tolist()
