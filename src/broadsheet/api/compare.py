"""Comparing two texts, for programs. Nothing is stored or logged."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.lab.alignment import LONGEST, Side
from broadsheet.site.auth import AsReader
from broadsheet.site.compare import compare_here
from broadsheet.site.context import TheSite
from broadsheet.site.problems import responses

router = APIRouter(tags=["embeddings"])
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class TextPair(BaseModel):
    """Two texts."""

    a: Text
    b: Text


class WordPart(BaseModel):
    """A word, and its part of the cosine."""

    text: str
    part: float


class SentenceMatch(BaseModel):
    """A sentence, the nearest sentence of the other text, and their cosine."""

    text: str
    other: str
    cosine: float


class ComparedText(BaseModel):
    """One of the two texts."""

    words: list[WordPart] = Field(
        description="Empty if the encoder does not pool by mean; with the encoder's own marks the parts sum to the "
        "cosine."
    )
    matches: list[SentenceMatch] = Field(description="Empty if both texts are one sentence.")
    cut: bool = Field(description="Whether only its beginning was read.")


class ComparedTexts(BaseModel):
    """The cosine of two texts, and what makes it."""

    model: str
    cosine: float
    above: float | None = Field(
        description="The share of pairs of this Collection's papers with a lower cosine, from 0 to 1; null without "
        "papers."
    )
    a: ComparedText
    b: ComparedText


@router.post("/api/compare", responses=responses(400, 401, 422, 429, 503), summary="Compare two texts")
def compare(site: TheSite, person: AsReader, texts: TextPair) -> ComparedTexts:
    """Return the cosine of two texts by the Collection's encoder. It means something next to other cosines of the same
    encoder only; `above` compares it with pairs of papers."""
    made = compare_here(site, person, texts.a, texts.b)
    return ComparedTexts(
        model=site.collection.encoder_name, cosine=made.cosine, above=made.above, a=_text(made.a), b=_text(made.b)
    )


def _text(side: Side) -> ComparedText:
    return ComparedText(
        words=[WordPart(text=each.text, part=each.part) for each in side.words],
        matches=[SentenceMatch(text=each.text, other=each.other, cosine=each.cosine) for each in side.matches],
        cut=side.cut,
    )
