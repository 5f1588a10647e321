"""Vectors of texts at OpenAI's paths and in its format, by the Collection's own encoder. Nothing is stored or logged.

a known model? texts, not too many? a free turn? -> the encoder -> vectors, counted tokens, the texts that were cut
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
_AT_ONCE = 2  # requests that may encode: the others are asked to try again, and searches go on
_AGAIN = "2"  # seconds
_TURNS = threading.BoundedSemaphore(_AT_ONCE)
_TOKENS = (
    "input holds token numbers, but each model numbers tokens in its own way: send texts. LangChain's OpenAIEmbeddings "
    "sends texts with check_embedding_ctx_length=False"
)
_INPUT = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})

router = APIRouter(tags=["embeddings"])


class EmbeddingRequest(BaseModel):
    """Texts to encode."""

    model: Annotated[str, StringConstraints(max_length=500)] = Field(description="A name from `/v1/models`.")
    input: Annotated[Any, _INPUT] = Field(
        description="A text or a list of texts; lists of token numbers are not accepted (in LangChain, set "
        "`check_embedding_ctx_length=False`)."
    )
    encoding_format: Literal["float", "base64"] | None = Field(
        default="float", description="`base64`: the bytes of the float32 numbers, little-endian. null: float."
    )
    dimensions: int | None = Field(
        default=None, description="If given, it must be the model's own number of dimensions."
    )
    input_type: Role = Field(
        default="document", description="What the texts are: documents, or queries that look for documents."
    )


class Embedding(BaseModel):
    """The unit vector of one text."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """How much was read: in the encoder's tokens, or in words if it does not count tokens."""

    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    """One vector for each text, in the order given."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: Usage
    truncated: list[int] = Field(
        description="Indices of the texts longer than the model reads; only their beginning was read."
    )


class Model(BaseModel):
    """An encoder."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(default=0, description="Not known.")
    owned_by: str = "broadsheet"


class Models(BaseModel):
    """The available encoders."""

    object: Literal["list"] = "list"
    data: list[Model]


def needs_person(visitor: TheVisitor) -> None:
    """Refuse strangers with 401, because encoding keeps every core busy."""
    if visitor.person is None:
        raise HTTPException(401, "You need a token of this site to encode texts: make one on your account page.")


@router.get("/v1/models", responses=responses(), summary="List the encoders, as OpenAI lists models")
def models(site: TheSite) -> Models:
    """Return the Collection's encoder."""
    return Models(data=[Model(id=name) for name in _names(site)])


@router.get("/v1/models/{name:path}", responses=responses(404), summary="Get one encoder")
def model(site: TheSite, name: str) -> Model:
    """Return the encoder with this name."""
    return Model(id=_require(site, name))


@router.post(
    "/v1/embeddings",
    dependencies=[Depends(needs_person)],
    responses=responses(400, 401, 404, 429, 503),
    response_model=Embeddings,
    summary="Encode texts as vectors",
)
def embeddings(site: TheSite, question: EmbeddingRequest) -> JSONResponse:
    """Return unit vectors by the Collection's encoder. `truncated` and the header `x-truncated` name the texts that it
    could not read whole."""
    name, texts = _require(site, question.model), _texts(question.input)
    with _turn():
        encoder = site.collection.encoder
        vectors = encoder.encode(texts, role=question.input_type)
        read, cut = _count_tokens(encoder, texts), _cut_texts(encoder, texts)
    if question.dimensions not in (None, vectors.shape[1]):
        raise UsageError(f"dimensions is {question.dimensions}, but vectors of {name} have {vectors.shape[1]}")
    data = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(_rows(vectors, question))]
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
    """Read the texts of an ``input``; UsageError says what was expected."""
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise UsageError("input should be a text, or a list of texts that is not empty")
    if any(isinstance(text, int | list) for text in texts):
        raise UsageError(_TOKENS)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise UsageError("input holds something that is not a text, or a text without words")
    if len(texts) > MOST_TEXTS:
        raise UsageError(f"input holds {len(texts):,} texts, at most {MOST_TEXTS:,} are encoded at once: send parts")
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise UsageError(f"input holds more than {MOST_CHARACTERS:,} characters in all: send parts")
    if any("\ud800" <= character <= "\udfff" for text in texts for character in text if character > "\ud7ff"):
        raise UsageError("input holds half of a character (a lone surrogate): send whole ones")
    return texts


@contextmanager
def _turn() -> Iterator[None]:
    """Take one of the few turns to encode; HTTPException 429 when all are taken."""
    if not _TURNS.acquire(blocking=False):
        raise HTTPException(429, "Other texts are being encoded: try again in a moment.", {"retry-after": _AGAIN})
    try:
        yield
    finally:
        _TURNS.release()


def _count_tokens(encoder: Encoder, texts: Sequence[str]) -> int:
    """Count the tokens that were read; words, if the encoder does not count tokens."""
    count = getattr(encoder, "tokens", None)
    return int(sum(count(texts))) if count else sum(len(text.split()) for text in texts)


def _cut_texts(encoder: Encoder, texts: Sequence[str]) -> list[int]:
    """Find the texts that were not read whole."""
    too_long = getattr(encoder, "too_long", None)
    return [int(i) for i in too_long(texts).nonzero()[0]] if too_long else []


def _rows(vectors: Vectors, question: EmbeddingRequest) -> Iterator[list[float] | str]:
    for row in vectors:
        as_bytes = question.encoding_format == "base64"
        yield base64.b64encode(row.astype("<f4").tobytes()).decode() if as_bytes else row.tolist()
