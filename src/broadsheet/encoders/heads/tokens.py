"""The head of a model of token vectors: how it reads queries and documents, which tokens count, and their projection.

modules.json and sentence_bert_config.json (sentence-transformers), config_sentence_transformers.json (PyLate) or
artifact.metadata (ColBERT's own code) -> a Reading: marks before texts, lengths, expansion of queries, skipped words
state of each token -> Dense without a bias -> length 1

Khattab and Zaharia 2020, "ColBERT"; Chaffin and Sourty 2025, "PyLate".
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broadsheet.core.protocols import Role
from broadsheet.encoders.folder import Config, read_tensors
from broadsheet.encoders.heads.dense import Dense, read_dense
from broadsheet.encoders.modules import Step

_LONGEST = 1 << 16  # tokens
_MOST_WORDS, _LONGEST_WORD = 1_000, 100  # that are skipped
_DIM = 128  # of ColBERT's own code, where its metadata do not say it
_SETTINGS = ("query_length", "document_length", "query_expansion")
_OLD = ("query_prefix", "document_prefix", "attend_to_expansion_tokens", "do_query_expansion", "skiplist_words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """Queries are filled up to ``length`` tokens, which count though they may not be seen (``attend``) by the others;
    the text of ``token`` is put there, empty: the tokenizer's mask. ``cut``: a longer query is cut to that length."""

    length: int
    attend: bool = False
    token: str = ""
    cut: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a model reads. ``prompts`` stand before texts; with ``marks`` a prompt of the vocabulary is one token.
    ``lengths`` are the most tokens of a text by role, where the model says it. Tokens that are words of ``skipped`` do
    not count in the roles of ``skipped_in``."""

    prompts: Mapping[str, str]
    marks: bool = False
    lengths: Mapping[str, int] = field(default_factory=dict)
    expansion: Expansion | None = None
    skipped: tuple[str, ...] = ()
    skipped_in: tuple[str, ...] = ("document",)
    steps: tuple[Dense, ...] = ()
    own: int = 0

    def longest(self, role: Role, most: int) -> int:
        """Return how many tokens of a text in a role are read, of at most ``most``."""
        length = self.lengths.get(role, most)
        if role == "query" and self.expansion:
            length = self.expansion.length if self.expansion.cut else max(length, self.expansion.length)
        return min(length, most)

    def dim(self, hidden: int) -> int:
        """Return the dimension of a token's vector; ModelError if a step does not take what comes before."""
        width = self.own or hidden
        for step in self.steps:
            width = step.width(width)
        return width


def read_reading(folder: Path, steps: Sequence[Step], prompts: Mapping[str, str]) -> Reading:
    """Read how a model of token vectors reads. ModelError for a step or a setting that is not offered."""
    metadata = Config.optional(folder / "artifact.metadata")
    architectures = Config.optional(folder / "config.json").values.get("architectures")
    if architectures == ["HF_ColBERT"]:
        return _of_metadata(metadata)
    own, dense = Config.optional(folder / "config_sentence_transformers.json"), _dense(steps)
    if any(key in own.values for key in (*_SETTINGS, *_OLD)):
        return _of_pylate(own, prompts, dense)
    config = Config.optional(steps[0].folder / "sentence_bert_config.json")
    words, roles = _skipped(steps)
    return Reading(
        prompts=prompts, lengths=_lengths(config, "query_length", "document_length"), steps=dense, skipped=words,
        skipped_in=roles, expansion=_expansion(config, config.values.get("query_expansion")),
    )  # fmt: skip


def read_own_tensors(reading: Reading, weights: Path, hidden: int) -> Mapping[str, Any]:
    """Return the projection that ColBERT's own code keeps next to the transformer's tensors."""
    return read_tensors(weights, {"linear.weight": (reading.own, hidden)}) if reading.own else {}


def _of_metadata(config: Config) -> Reading:
    """ColBERT's own code: its marks are words of the vocabulary, its queries are always filled up."""
    values = config.values
    marks = {
        "query": values.get("query_token_id") or "[unused0]",
        "document": values.get("doc_token_id") or "[unused1]",
    }
    length, attend = config.size("query_maxlen", _LONGEST, 32), config.flag("attend_to_mask_tokens", False)
    return Reading(
        prompts={role: f"{_text(config, mark)} " for role, mark in marks.items()}, marks=True,
        lengths=_lengths(config, "", "doc_maxlen"), expansion=Expansion(length=length, attend=attend),
        skipped=tuple(string.punctuation) if config.flag("mask_punctuation", True) else (),
        own=config.size("dim", 1 << 14, _DIM),
    )  # fmt: skip


def _of_pylate(config: Config, prompts: Mapping[str, str], dense: tuple[Dense, ...]) -> Reading:
    """PyLate: its marks come first, a prompt after them; queries are filled up unless it says otherwise."""
    values = config.values
    texts = dict(prompts)
    for role, key in (("query", "query_prefix"), ("document", "document_prefix")):
        mark = _text(config, values.get(key) or "")
        texts[role] = mark + texts.get(role, "").removeprefix(mark)
    expansion: Expansion | None = None
    if isinstance(values.get("query_expansion"), dict):
        expansion = _expansion(config, values["query_expansion"])
    elif "query_expansion" not in values and values.get("do_query_expansion") is not False:
        attend = values.get("attend_to_expansion_tokens", values.get("attend_to_mask_tokens", False))
        length = config.size("query_length", _LONGEST, 32) if values.get("query_length") is not None else 32
        expansion = Expansion(length=length, attend=attend is True)
    words = _words(config, values["skiplist_words"]) if values.get("skiplist_words") is not None else None
    return Reading(
        prompts={role: text for role, text in texts.items() if text}, marks=True, steps=dense, expansion=expansion,
        lengths=_lengths(config, "query_length", "document_length"),
        skipped=tuple(string.punctuation) if words is None else words,
    )  # fmt: skip


def _expansion(config: Config, value: Any) -> Expansion | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("strategy") not in ("fixed", "min"):
        raise config.error(f"query_expansion is {repr(value)[:80]}; expected a strategy fixed or min, and a length.")
    own = Config(config.path, value)
    return Expansion(
        length=own.size("length", _LONGEST), attend=own.flag("attend", False), cut=value["strategy"] == "fixed",
        token=_text(config, value.get("token") or ""),
    )  # fmt: skip


def _lengths(config: Config, query: str, document: str) -> dict[str, int]:
    keys = {"query": query, "document": document}
    return {role: config.size(key, _LONGEST) for role, key in keys.items() if config.values.get(key) is not None}


def _dense(steps: Sequence[Step]) -> tuple[Dense, ...]:
    """The projections, of any number; ModelError for a step that is not offered."""
    made = []
    for step in steps[1:]:
        if step.kind == "Dense":
            made.append(read_dense(step))
        elif step.kind not in ("MultiVectorMask", "Normalize"):
            raise step.error("it is not known in a model of token vectors")
    return tuple(made)


def _skipped(steps: Sequence[Step]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that do not count, and in which roles."""
    for step in steps:
        if step.kind == "MultiVectorMask":
            config = step.config()
            if config.values.get("keep_only_token_ids"):
                raise step.error("it keeps only some tokens, those of pictures")
            roles = config.values.get("skiplist_tasks") or ["document"]
            chosen = [roles] if isinstance(roles, str) else _words(config, roles)
            return _words(config, config.values.get("skiplist_words") or []), tuple(chosen)
    return (), ("document",)


def _words(config: Config, values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) > _MOST_WORDS:
        raise config.error(f"it skips {repr(values)[:80]}; expected a list of at most {_MOST_WORDS:,} words.")
    return tuple(_text(config, value) for value in values)


def _text(config: Config, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        raise config.error(f"{repr(value)[:80]} is no word; expected at most {_LONGEST_WORD} characters.")
    return value
