"""Roles of sentences: labels to fit and to judge them on.

structured abstracts, whose sections the authors named -> a role for each sentence
abstracts without sections -> sentences that certain phrases give away -> a role for these alone
features and vectors of labelled sentences -> logistic regression -> the values of a RoleModel
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.aspects import ASPECTS, Aspect
from broadsheet.core.errors import UsageError
from broadsheet.core.roles import FEATURES, features
from broadsheet.core.text import sentences

_MIXED = re.compile(r"UNLABELLED|RESULTS AND DISCUSSION|MAIN RESULTS|METHODS AND RESULTS|OBJECTIVE AND METHODS")
_SECTIONS: dict[Aspect, str] = {
    "data": r"SETTING|PATIENTS$|PARTICIPANT|SUBJECTS|POPULATION$|SAMPLE|^MATERIAL$",
    "method": r"METHOD|DESIGN|INTERVENTION|MEASURE|PROCEDURE|EXTRACTION|ANALYS",
    "result": r"RESULT|FINDING|CONCLUSION|DISCUSSION|LIMITATION|IMPLICATION|INTERPRETATION",
    "task": r"BACKGROUND|OBJECTIVE|PURPOSE|AIM|INTRODUCTION|CONTEXT|GOAL|HYPOTHESIS",
}
_WHAT = r"methods?|approach(?:es)?|models?|frameworks?|algorithms?|systems?|networks?"
_DOES = r"(?:uses|consists|combines|learns|leverages|is based|employs|builds|relies|first|takes|exploits)"
_PHRASES: dict[Aspect, str] = {
    "task": r"^(?:.{0,80}(?:is|are) (?:a|an|one of the) (?:\w+ )?(?:fundamental|important|challenging|key|crucial|"
    r"critical|central|difficult|long-?standing|common|major|open)|.{0,60}ha(?:s|ve) (?:attracted|received|gained|"
    r"become|recently|emerged|been widely|been extensively|shown great)|(?:however|yet|unfortunately|nevertheless),? "
    r".{0,40}(?:existing|current|most|previous|these|prior|such)|(?:existing|current|most|previous|prior) .{0,40}"
    r"(?:methods|approaches|works?|models|studies)|(?:in this (?:paper|work), )?we (?:address|study|consider|tackle|"
    r"focus on|investigate|explore) (?:the|a|whether|how)|recent(?:ly)?,? |despite |this paper (?:addresses|studies|"
    r"considers|investigates|tackles))",
    "method": r"^(?:.{0,40}we (?:propose|present|introduce|develop|design|devise|formulate|employ|use|adopt|leverage|"
    r"train|apply|incorporate|utilize)|(?:specifically|concretely|in particular|to this end|to address this|to achieve "
    rf"this|first|then|second|finally),? (?:we|our|it|the)|(?:our|the|the proposed) (?:{_WHAT}|architecture) {_DOES})",
    "data": r"(?:we (?:also )?(?:release|collect|construct|create|build|introduce|present|annotate|curate) .{0,60}"
    r"(?:data ?sets?|corpus|corpora|benchmark)\b|(?:data ?set|corpus|benchmark) (?:contains|consists|comprises|"
    r"includes|of \d|has \d|is (?:publicly )?available|collected))",
    "result": r"(?:experiments? (?:on|show|demonstrate|with|conducted)|experimental (?:results|evaluation)|results "
    r"(?:on|show|demonstrate|indicate|suggest|reveal)|outperform|state-of-the-art (?:performance|results|accuracy)|we "
    r"(?:show|demonstrate|find|observe|found|prove) that|(?:improv|increas|reduc|decreas)\w+ .{0,40}\d|achiev\w+ "
    r".{0,40}(?:\d|accuracy|performance|results)|evaluations? (?:on|show|demonstrate))",
}
_IN_SECTIONS = {role: re.compile(words) for role, words in _SECTIONS.items()}
_IN_SENTENCES = {role: re.compile(words, re.IGNORECASE) for role, words in _PHRASES.items()}
_FEWEST, _MOST = 4, 14  # sentences of an abstract in which phrases are looked for


class Labelled(NamedTuple):
    """A sentence with its role: the ``text`` of it, the ``abstract`` that it is of, and its FEATURES there (12,)."""

    abstract: str
    text: str
    role: Aspect
    features: NDArray[np.float32]


def role_of_section(heading: str) -> Aspect | None:
    """Return the role of a section of a structured abstract by its heading; None for one of several roles."""
    name = heading.strip().upper()
    if _MIXED.search(name):
        return None
    methods = "METHOD" in name or "BACKGROUND" in name  # "patients and methods" is of the method
    roles = (role for role, words in _IN_SECTIONS.items() if words.search(name) and not (role == "data" and methods))
    return next(roles, None)


def role_by_phrase(sentence: str) -> Aspect | None:
    """Return the role that the phrases of a sentence give away; None without such a phrase, or with
    those of several roles."""
    hits = [role for role, words in _IN_SENTENCES.items() if words.search(sentence)]
    if "data" in hits and "result" not in hits:
        return "data"
    return hits[0] if len(hits) == 1 else None


def of_sections(rows: Iterable[Mapping[str, Any]]) -> list[Labelled]:
    """Return the sentences of structured abstracts: rows with ``id`` and ``sections`` of ``role`` and ``text``."""
    labelled = []
    for row in rows:
        pairs = [(each, part["role"]) for part in row["sections"] for each in sentences(part["text"])]
        seen = features([text for text, _ in pairs])
        for (text, heading), own in zip(pairs, seen, strict=True):
            if role := role_of_section(heading):
                labelled.append(Labelled(str(row["id"]), text, role, own))
    return labelled


def by_phrases(abstracts: Iterable[tuple[str, str]], most: Mapping[Aspect, int]) -> list[Labelled]:
    """Return the first sentences of (id, abstract) that their phrases give away, at most so many of each role."""
    labelled: list[Labelled] = []
    left = dict(most)
    for name, abstract in abstracts:
        pieces = sentences(abstract)
        if not _FEWEST <= len(pieces) <= _MOST:
            continue
        for text, own in zip(pieces, features(pieces), strict=True):
            role = role_by_phrase(text)
            if role and left.get(role, 0) > 0:
                left[role] -= 1
                labelled.append(Labelled(name, text, role, own))
        if not any(count > 0 for count in left.values()):
            break
    return labelled


def fit(
    labelled: Sequence[Labelled], vectors: NDArray[np.float32], *, columns: Sequence[int] | None = None
) -> dict[str, Any]:
    """Fit a logistic regression with a quadratic penalty of 1 and return the values of a RoleModel: of the FEATURES
    (``columns``: only of these), and of the ``vectors`` (n, dim) of the sentences, where dim may be 0. UsageError when
    a role has no sentence."""
    from sklearn.linear_model import LogisticRegression

    roles = [each.role for each in labelled]
    if missing := sorted(set(ASPECTS) - set(roles)):
        raise UsageError(f"no sentence has the role {missing[0]}: every role needs some")
    chosen = list(range(len(FEATURES))) if columns is None else list(columns)
    own = np.array([each.features for each in labelled], np.float32)[:, chosen]
    model: Any = LogisticRegression(C=1.0, max_iter=3_000)  # type: ignore[no-untyped-call]
    model.fit(np.hstack([own, vectors]), roles)
    order = [list(model.classes_).index(role) for role in ASPECTS]
    weights, bias = model.coef_[order].T.astype(np.float64), model.intercept_[order].astype(np.float64)
    table = np.zeros((len(FEATURES), len(ASPECTS)))
    table[chosen] = weights[: len(chosen)]
    return {
        "roles": list(ASPECTS),
        "bias": np.round(bias, 4).tolist(),
        "features": np.round(table, 4).tolist(),
        "vectors": np.round(weights[len(chosen) :], 4).tolist(),
    }
