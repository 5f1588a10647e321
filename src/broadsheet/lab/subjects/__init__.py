"""The subjects of the lab by name: ``bm25``, ``bow``, ``random``, ``zip``, ``hybrid:minilm`` (a setting and an
encoder), ``twin:minilm`` (an encoder once more, whose results must not differ), or an encoder.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from broadsheet import names
from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.protocols import Encoder
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.setting import SETTINGS, SearchSetting, setting
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.subjects.lexical import BagOfWords, Bm25
from broadsheet.lab.subjects.zipped import Zipped
from broadsheet.lab.task import Subject

CONTROLS = ("bm25", "bow", "random")
"""What every run has next to the encoders that it measures."""
ALONE = (*CONTROLS, "zip", "lexical")
"""Subjects without an encoder."""
LEXICAL = ("bow", "bm25")
"""Those that count words: an encoder below them is not worth its cost there."""


def subject_of(name: str, encoder: Callable[[str], Encoder], *, now: datetime) -> Subject:
    """Make the subject of a name; ``encoder`` makes an encoder of its name. UsageError when the name is unknown.

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
    if scheme == "twin" and rest:
        return Dense(encoder(rest), name, twin=True)
    if scheme in SETTINGS:
        if not rest:
            raise UsageError(f"{name!r} names a setting of the search; expected an encoder too: {name}:minilm")
        return SearchSetting(setting(scheme), encoder(rest), name, now=now)
    scheme = scheme.partition("?")[0]  # minilm?layers=4
    if scheme not in (encoders := names.known(names.ENCODERS)):
        raise UsageError(f"Unknown subject {name!r}. {nearest(scheme, [*controls, 'twin', *SETTINGS, *encoders])}")
    return Dense(encoder(name), name)
