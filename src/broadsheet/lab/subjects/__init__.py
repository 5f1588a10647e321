"""The subjects of the lab by name: ``bm25``, ``bow``, ``random``, ``zip``, ``hybrid:minilm`` (a setting and an
encoder), ``twin:minilm`` (a model once more, whose results must not differ), ``fused:0.3|minilm|bm25`` (two as one),
``second:minilm|pair:FOLDER`` (one, and another that orders its first documents again), an encoder, or a scorer
(``splade:FOLDER``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from broadsheet import names
from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.protocols import Encoder, Scorer, SparseEncoder, TokenEncoder
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.setting import SETTINGS, SearchSetting, setting
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.subjects.fused import Fused, parts_of
from broadsheet.lab.subjects.late import Late
from broadsheet.lab.subjects.lexical import BagOfWords, Bm25
from broadsheet.lab.subjects.second import Pairs, Second
from broadsheet.lab.subjects.terms import Terms
from broadsheet.lab.subjects.zipped import Zipped
from broadsheet.lab.task import Subject

Models = Callable[[str], Encoder | Scorer]

CONTROLS = ("bm25", "bow", "random")
"""What every run has next to the encoders that it measures."""
ALONE = (*CONTROLS, "zip", "lexical")
"""Subjects without an encoder."""
WRAPPED = (*SETTINGS, "twin", "fused", "second", "maxsim")
"""Schemes of subjects that are made of others."""
LEXICAL = ("bow", "bm25")
"""Those that count words: an encoder below them is not worth its cost there."""


def subject_of(name: str, model: Models, *, now: datetime) -> Subject:
    """Make the subject of a name; ``model`` makes an encoder or a scorer of its name. UsageError when the name is
    unknown.

    ``now`` is when the documents of a search setting come into its Collection.
    """
    controls: dict[str, Callable[[], Subject]] = {
        "bm25": Bm25,
        "bow": BagOfWords,
        "zip": Zipped,
        "random": lambda: Dense(RandomEncoder(), "random"),
        "lexical": lambda: SearchSetting("lexical", HashEncoder(8), name, now=now),
    }
    scheme, rest = names.split(name)
    if name in controls:
        return controls[name]()
    require_subject(name)
    if scheme == "twin":
        return _twin(subject_of(rest, model, now=now), name)
    if scheme == "fused":
        weight, *both = parts_of(rest)
        one, other = (subject_of(each, model, now=now) for each in both)
        return Fused(one, other, weight, name=name)
    if scheme in SETTINGS:
        return SearchSetting(setting(scheme), encoder_of(model(rest), rest), name, now=now)
    if scheme == "second":
        one, other = (subject_of(each, model, now=now) for each in _both(rest))
        return Second(one, other, name=name)
    if scheme == "maxsim":
        return Late(_token_encoder(model(rest), rest), name)
    made = model(name)
    if isinstance(made, Encoder):
        return Dense(made, name)
    if isinstance(made, SparseEncoder):
        return Terms(made, name)
    return Late(made, name) if isinstance(made, TokenEncoder) else Pairs(made, name)


def require_subject(name: str) -> None:
    """Raise UsageError unless it is the name of a subject whose models are of registered kinds. Load nothing."""
    scheme, rest = names.split(name)
    if name in ALONE:
        return
    if scheme in WRAPPED and not rest:
        raise UsageError(f"{name!r} is made of another subject; expected an encoder too: {scheme}:minilm")
    if scheme == "fused":
        for each in parts_of(rest)[1:]:
            require_subject(each)
    elif scheme == "second":
        for each in _both(rest):
            require_subject(each)
    elif scheme == "twin":
        require_subject(rest)
    elif scheme in (*SETTINGS, "maxsim"):
        names.require_encoder(rest)
    else:
        _require_model(name, scheme.partition("?")[0])


def _both(rest: str) -> tuple[str, str]:
    one, _, other = rest.partition("|")
    if not one or not other:
        raise UsageError(f"second:{rest[:100]} is not understood; expected two subjects: second:minilm|pair:FOLDER.")
    return one, other


def _require_model(name: str, scheme: str) -> None:
    encoders, scorers = names.known(names.ENCODERS), names.known(names.SCORERS)
    if scheme not in (*encoders, *scorers):
        raise UsageError(f"Unknown subject {name!r}. {nearest(scheme, [*ALONE, *WRAPPED, *encoders, *scorers])}")
    if scheme in encoders:
        names.require_encoder(name)


def encoder_of(made: Encoder | Scorer, name: str) -> Encoder:
    """Return a model that is an encoder; UsageError for a scorer, which has no vectors."""
    if not isinstance(made, Encoder):
        raise UsageError(f"{name} has no vectors of texts; expected an encoder here, for example minilm.")
    return made


def _token_encoder(made: Encoder | Scorer, name: str) -> TokenEncoder:
    if not hasattr(made, "token_vectors"):
        raise UsageError(f"{name} has no vectors of tokens; expected an encoder that has them, for example minilm.")
    return cast("TokenEncoder", made)  # a cache in front of an encoder passes its attributes on


def _twin(subject: Subject, name: str) -> Subject:
    """The same subject under another name, so that it is measured on its own."""
    subject.name, subject.key = name, f"twin-{subject.key}"
    return subject
