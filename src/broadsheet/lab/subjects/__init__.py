"""The subjects of the lab by name: ``bm25``, ``bow``, ``random``, ``hybrid:minilm`` (a setting of the search and an
encoder), ``lexical``, or an encoder.
"""

from __future__ import annotations

from collections.abc import Callable

from broadsheet import names
from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.protocols import Encoder
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.setting import SETTINGS, SearchSetting, setting
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.subjects.lexical import BagOfWords, Bm25
from broadsheet.lab.task import Subject

CONTROLS: dict[str, Callable[[], Subject]] = {
    "random": lambda: Dense(RandomEncoder(), "random"),
    "bow": BagOfWords,
    "bm25": Bm25,
}
"""Subjects that are measured in every run, next to the encoders, where a task needs what they have."""


def subject_of(name: str, encoder: Callable[[str], Encoder]) -> Subject:
    """Make the subject of a name; ``encoder`` makes an encoder of its name. UsageError when the name is unknown."""
    scheme, _, rest = name.partition(":")
    if name in CONTROLS:
        return CONTROLS[name]()
    if name == "lexical":
        return SearchSetting("lexical", HashEncoder(8), name)  # which needs no vectors that mean anything
    if scheme in SETTINGS:
        if not rest:
            raise UsageError(f"{name!r} names a setting of the search; expected an encoder too: {name}:minilm")
        return SearchSetting(setting(scheme), encoder(rest), name)
    if scheme not in (encoders := names.known(names.ENCODERS)):
        raise UsageError(f"Unknown subject {name!r}. {nearest(scheme, [*CONTROLS, *SETTINGS, *encoders])}")
    return Dense(encoder(name), name)
