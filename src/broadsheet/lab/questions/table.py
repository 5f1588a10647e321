"""The questions: what is asked, which variants are measured for it, and which papers of the shelf disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from broadsheet.core.metrics import Floats
from broadsheet.core.vectors import Vectors
from broadsheet.lab.geometry.spread import isoscore
from broadsheet.lab.questions.answer import Bench, Make, Question
from broadsheet.lab.questions.variants import Fitted, Rescored, opening, prompted
from broadsheet.lab.subject import Dense


def _subjects(bench: Bench, names: Mapping[str, str]) -> dict[str, Make]:
    """Variants that are encoders with a name of their own."""
    return {label: _named(bench, name) for label, name in names.items()}


def _named(bench: Bench, name: str) -> Make:
    return lambda: bench.make(name)


def _switched(bench: Bench, name: str, values: Sequence[str]) -> dict[str, Make]:
    """The encoder, and the encoder with a switch at each value."""
    mark = "&" if "?" in bench.encoder else "?"
    names = {f"{name} {value}": f"{bench.encoder}{mark}{name}={value}" for value in values}
    return _subjects(bench, {bench.encoder: bench.encoder, **names})


def _mapped(bench: Bench, recipes: Mapping[str, str]) -> dict[str, Make]:
    def fitted(label: str, recipe: str) -> Make:
        return lambda: Fitted(bench.open(bench.encoder), label, recipe)

    return {
        bench.encoder: _named(bench, bench.encoder),
        **{label: fitted(label, each) for label, each in recipes.items()},
    }


def _rescored(bench: Bench) -> dict[str, Make]:
    def rescored(rule: str) -> Make:
        return lambda: Rescored(bench.open(bench.encoder), rule, rule)

    rules = {rule: rescored(rule) for rule in ("inner product", "distance", "CSLS")}
    return {"cosine": _named(bench, bench.encoder), **rules}


def _prompts(bench: Bench) -> dict[str, Make]:
    def with_prompts(query: str, document: str) -> Make:
        return lambda: Dense(
            changed := prompted(bench.open(bench.encoder), {"query": query, "document": document}), changed.name
        )

    return {
        "no prompt": _named(bench, bench.encoder),
        "query: / passage:": with_prompts("query: ", "passage: "),
        "a sentence": with_prompts("Represent this query for retrieving relevant papers: ", ""),
        "task and field": with_prompts("Find scientific papers that answer: ", "Scientific paper: "),
    }


def _openings(bench: Bench) -> dict[str, Make]:
    def first(words: int) -> Make:
        return lambda: Dense(changed := opening(bench.open(bench.encoder), words), changed.name)

    return {bench.encoder: _named(bench, bench.encoder), **{f"first {n} words": first(n) for n in (16, 32, 64, 128)}}


def _spread(bench: Bench) -> dict[str, Make]:
    """Variants whose vectors fill their space very differently."""
    names = [*(f"layers={layer}" for layer in range(1, 6)), "pooling=cls", "pooling=max", "pooling=last"]
    return _subjects(bench, {bench.encoder: bench.encoder, **{name: f"{bench.encoder}?{name}" for name in names}})


def _isoscore(vectors: Vectors) -> float:
    covariance: Floats = np.cov(vectors.astype(np.float64), rowvar=False)
    return isoscore(np.asarray(np.linalg.eigvalsh(covariance), np.float64))


RETRIEVAL = ("scifact", "cranfield", "cacm", "xquad-en")
REPAIRS = {"centred": "centre", "half whitened": "whiten:0.5", "whitened": "whiten:1", "all but the top 3": "top:3"}
_QUERIES = "Judged queries in English, and your own papers where you add --mine"

QUESTIONS: dict[str, Question] = {
    question.name: question
    for question in (
        Question(
            name="isotropy",
            asks="Does a more even use of the space go together with better retrieval?",
            variants=_spread, fact=_isoscore, called="IsoScore",
            yes="Yes", no="No, the other way round", pro=("S080", "S218"), contra=("S143",), sets=RETRIEVAL,
            limits=f"{_QUERIES}; variants of one model, so this says nothing about training.",
        ),
        Question(
            name="whitening",
            asks="Does whitening, or another repair of the space, help retrieval?",
            variants=lambda bench: _mapped(bench, REPAIRS),
            yes="Yes", no="No", pro=("S218", "S086"), contra=("S143",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; each map is fitted to the documents of its set, without judgements.",
        ),
        Question(
            name="pooling",
            asks="Is there a better pooling than the model's own?",
            variants=lambda bench: _switched(bench, "pooling", ["mean", "cls", "max", "last", "weighted"]),
            yes="Yes", no="No, the model's own is best", pro=("S061", "S229"), contra=("S156",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; the model was trained with its own pooling, and is not trained again.",
        ),
        Question(
            name="layer",
            asks="Is an earlier layer, or a mix of layers, better than the last?",
            variants=lambda bench: _switched(bench, "layers", ["2", "4", "5", "1,6", "last4"]),
            yes="Yes", no="No, the last layer is best", pro=("S184", "S218"), contra=("S009",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; a model of six layers, not trained to be cut.",
        ),
        Question(
            name="score",
            asks="Is another score than the cosine right: inner product, distance, CSLS?",
            variants=_rescored,
            yes="Yes", no="No, the cosine is best", pro=("S162", "S193", "S209"), contra=("S156",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; for vectors of length 1 the three order alike, so lengths are those before scaling.",
        ),
        Question(
            name="words",
            asks="Does a bag of words beat dense vectors in a narrow field?",
            variants=lambda bench: _subjects(
                bench, {bench.encoder: bench.encoder, "bm25": "bm25", "bow": "bow", "hybrid": f"hybrid:{bench.encoder}"}
            ),
            yes="Yes", no="No", pro=("S077", "S032"), contra=("S040", "S050"), unfair=("mine/titles",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; hybrid is both together, so a gain of hybrid says that words add something.",
        ),
        Question(
            name="dimensions",
            asks="Are fewer dimensions enough?",
            variants=lambda bench: _mapped(
                bench, {f"{size} principal axes": f"axes:{size}" for size in (32, 64, 128, 192, 256)}
            ),
            yes="Yes, fewer are even better", no="Fewer lose", pro=("S009", "S118"), contra=("S080",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; principal axes fitted to the documents of each set, without training.",
        ),
        Question(
            name="prompts",
            asks="Do prompts matter for a model that was not trained with them?",
            variants=_prompts,
            yes="Yes", no="No", pro=("S108", "S189"), contra=("S114",),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; three wordings, written before anything was measured.",
        ),
        Question(
            name="length",
            asks="Is the beginning of a text enough?",
            variants=_openings,
            yes="Yes, it is even better", no="No, the whole text is best", pro=("S022",), contra=(),
            sets=RETRIEVAL,
            limits=f"{_QUERIES}; abstracts, not full papers.",
        ),
        Question(
            name="best",
            asks="Is one model the best everywhere?",
            variants=lambda bench: _subjects(
                bench,
                {each: each for each in dict.fromkeys([bench.encoder, "hash", "bow", "bm25"])},
            ),
            yes="No, another is better here", no="On these sets, yes", pro=("S061", "S050"), contra=("S244",),
            unfair=("mine/titles",),
            limits="Retrieval, similarity, pairs and classification in English; only the models at hand.",
            sets=("scifact", "cranfield", "cacm", "stsb-en", "sick", "mrpc", "trec", "banking77", "stackoverflow"),
        ),
    )
}  # fmt: skip
