"""A tokenizer.json, read with mistrust: only steps that are known, and whose output is bounded by their input.

    bytes bounded -> JSON -> each step is of a known kind, its growth bounded; the vocabulary and its unknown word fit
    -> the library makes the tokenizer, which never pads and cuts only where asked, and reads a first text

The library itself panics on some files, grows a text without bound on others, and fails on others at the first word.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError
from broadsheet.encoders.folder import read_json

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BYTES = 64 << 20
_MOST_STEPS, _DEEPEST = 128, 4
_MOST_GROWTH = 16  # letters that replacements may make of one
_LONGEST = 64  # characters that a step may put before a text, or into it
_MOST_IDS = 1 << 21
_LONGEST_WORD = 1_000  # letters of a word that is cut into pieces: the search takes their square
_MOST_UNITS, _LONGEST_FORM = 1 << 18, 72  # of a table of characters; bytes that one of them may become
_NORMALIZERS = {
    "BertNormalizer", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Precompiled", "Prepend", "Replace", "Strip",
    "StripAccents",
}  # fmt: skip
_PRE_TOKENIZERS = {
    "BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Digits", "Metaspace", "Punctuation", "Split",
    "UnicodeScripts", "Whitespace", "WhitespaceSplit",
}  # fmt: skip
_ONCE = {"Precompiled", "Prepend", "ByteLevel", "Metaspace"}  # each time they could grow a text by a factor
_PATTERNS = {" {2,}", " +", r"\s+", r"\s{2,}"}  # regular expressions that take linear time
_WORDS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_SPLITS = {
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    *(rf"(?i:'s|'t|'re|'ve|'m|'ll|'d)|{_WORDS}|{numbers}|{_REST}" for numbers in (r"\p{N}{1,3}", r"\p{N}")),
}
"""What cuts texts into words in GPT-2, Llama 3 and Qwen 2, and in models with their tokenizers: linear time too."""
_POST_PROCESSORS = {"BertProcessing", "ByteLevel", "RobertaProcessing", "TemplateProcessing"}
_MODELS = {"BPE", "Unigram", "WordLevel", "WordPiece"}
_FIRST_TEXT = "A first text, naïve: 1,024 × 中文 \u0915\u093f \u0301\n[UNK]"


def read_tokenizer(
    path: Path, *, max_length: int | None = None, shared: int = 0, pairs: bool = False, marks: Sequence[str] = ()
) -> Tokenizer:
    """Return the tokenizer in ``path``; it never pads, and cuts only at ``max_length`` tokens, if given; what it cuts
    off begins with the last ``shared`` tokens before. With ``pairs`` it is to read two texts together; ``marks`` that
    are words of its vocabulary stay one token each. ModelError names the field and the value that cannot be used."""
    from tokenizers import Tokenizer

    if path.is_file() and path.stat().st_size > _BYTES:
        raise ModelError(f"{path} is larger than {_BYTES:,} bytes: too large for a tokenizer.")
    try:
        _check(read_json(path, limit=_BYTES), pairs)
    except (ValueError, ModelError) as error:
        raise ModelError(f"{path} is not a tokenizer: {error}. Copy the model again, or do not trust it.") from None
    with unbroken(path):
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length, stride=shared) if max_length else tokenizer.no_truncation()
        _add_marks(tokenizer, marks)
        tokenizer.encode(_FIRST_TEXT, _FIRST_TEXT if pairs else None)
    return tokenizer


def _add_marks(tokenizer: Tokenizer, marks: Sequence[str]) -> None:
    """Keep a mark whole, or its first word, if the vocabulary has it: sentence-transformers does so for ColBERT's."""
    from tokenizers import AddedToken

    for mark in filter(str.strip, marks):
        known = next((each for each in (mark, mark.split()[0]) if tokenizer.token_to_id(each) is not None), None)
        if known and tokenizer.encode(known, add_special_tokens=False).tokens != [known]:
            tokenizer.add_special_tokens([AddedToken(known, normalized=False, special=True)])


@contextmanager
def unbroken(path: Path) -> Iterator[None]:
    """Turn whatever the library raises, panics included, into a ModelError that names the file."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{path} is not a tokenizer that works: {reason}. Copy the model again.") from None


def _check(values: Any, pairs: bool) -> None:
    """Raise ValueError with the field that cannot be used."""
    parts = _mapping(values, "the file")
    _check_growth(list(_steps(parts.get("normalizer"), "normalizer", "normalizers", _NORMALIZERS)))
    for at, step in _steps(parts.get("pre_tokenizer"), "pre_tokenizer", "pretokenizers", _PRE_TOKENIZERS):
        if step["type"] == "Split":
            _pattern(at, step, _SPLITS)
    for at, step in _steps(parts.get("post_processor"), "post_processor", "processors", _POST_PROCESSORS):
        if step["type"] == "TemplateProcessing":
            _check_template(at, step, pairs)
    _check_model(_mapping(parts.get("model"), "model"))


def _steps(value: Any, at: str, inside: str, known: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The steps in their order, each with its place in the file; ValueError for one of an unknown kind."""
    flat = list(_flat(value, at, inside, 0))
    counts = Counter(str(step.get("type")) for _, step in flat)
    for at, step in flat:
        kind = step.get("type")
        if not isinstance(kind, str) or kind not in known:
            raise ValueError(f"{at}.type is {_short(kind)}; expected one of {', '.join(sorted(known))}")
        if kind in _ONCE and counts[kind] > 1:
            raise ValueError(f"{at}.type is {kind}, {counts[kind]} times; expected it once")
        yield at, step


def _flat(value: Any, at: str, inside: str, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if value is None:
        return
    step = _mapping(value, at)
    if step.get("type") != "Sequence":
        yield at, step
        return
    parts = step.get(inside)
    if not isinstance(parts, list) or len(parts) > _MOST_STEPS or depth >= _DEEPEST:
        raise ValueError(f"{at}.{inside} is {_short(parts)}; expected at most {_MOST_STEPS} steps, {_DEEPEST} deep")
    for number, part in enumerate(parts):
        yield from _flat(part, f"{at}.{inside}[{number}]", inside, depth + 1)


def _check_growth(steps: list[tuple[str, Mapping[str, Any]]]) -> None:
    """Follow each letter that is replaced through all replacements: no more than some letters may come of one."""
    replaced = []
    for at, step in steps:
        if step["type"] == "Precompiled":
            _check_characters(f"{at}.precompiled_charsmap", step.get("precompiled_charsmap"))
        elif step["type"] == "Prepend":
            _text(f"{at}.prepend", step.get("prepend"))
        elif step["type"] == "Replace":
            replaced.append((at, _pattern(at, step), _text(f"{at}.content", step.get("content"))))
    if len(replaced) > _MOST_STEPS:
        raise ValueError(f"normalizer has {len(replaced)} replacements; expected at most {_MOST_STEPS}")
    for letter in sorted({pattern[0] for _, pattern, _ in replaced if pattern}):
        made = Counter({letter: 1})
        for at, pattern, content in replaced:
            if pattern and made[pattern[0]]:  # of a longer pattern its first letter stands for the whole
                count = made.pop(pattern[0]) if len(pattern) == 1 else made[pattern[0]]
                made.update({each: count * times for each, times in Counter(content).items()})
            if made.total() > _MOST_GROWTH:
                raise ValueError(
                    f"{at}.content is {_short(content)}: the replacements make over {_MOST_GROWTH} letters of one"
                )


def _pattern(at: str, step: Mapping[str, Any], more: Set[str] = frozenset()) -> str:
    """The text that a step looks for; empty for a regular expression that is known: joining spaces, or of ``more``."""
    pattern = _mapping(step.get("pattern"), f"{at}.pattern")
    text, regex = pattern.get("String"), pattern.get("Regex")
    if isinstance(text, str) and text and len(pattern) == 1:
        return text
    known = isinstance(regex, str) and regex in _PATTERNS | more
    if known and len(pattern) == 1 and len(str(step.get("content", ""))) < 2:
        return ""
    raise ValueError(
        f"{at}.pattern is {_short(pattern)}; expected a text, or one of {', '.join(sorted(_PATTERNS | more))}"
    )


def _text(at: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError(f"{at} is {_short(value)}; expected a text of at most {_LONGEST} characters")
    return value


def _check_characters(at: str, value: Any) -> None:
    """Walk the table of characters of a ``Precompiled`` step, a double array (Aoe 1989) of 32-bit units that points to
    forms in a list, as the library walks it: no letter may lead outside, and no form may be long."""
    try:
        raw = base64.b64decode(value, validate=True)
        length = int.from_bytes(raw[:4], "little")
        units: NDArray[np.uint32] = np.frombuffer(raw, "<u4", length // 4, 4)
        forms = raw[4 + length :]
        forms.decode()
    except (TypeError, ValueError, binascii.Error):
        raise ValueError(f"{at} is {_short(value)}; expected a table of characters in base64") from None
    if length % 4 or not 0 < len(units) <= _MOST_UNITS or max(map(len, forms.split(b"\0"))) > _LONGEST_FORM:
        raise ValueError(f"{at} is {_short(value)}; expected at most {_MOST_UNITS:,} units and {_LONGEST_FORM} bytes")
    leads, ends = _walked(units)
    starts = np.frombuffer(forms, np.uint8) & 0xC0 != 0x80  # a form may not begin within a character
    if not leads or (len(ends) and not (ends < len(starts)).all()) or not starts[ends].all():
        raise ValueError(f"{at} is {_short(value)}: a character leads outside the table")


def _walked(units: NDArray[np.uint32]) -> tuple[bool, NDArray[np.int64]]:
    """Whether every way from the root stays inside, and the places of the forms that the ways lead to."""
    wide = units.astype(np.int64)
    bases = np.arange(len(wide)) ^ ((wide >> 10) << ((wide & 512) >> 6))
    seen = np.zeros(len(wide), dtype=np.bool_)
    fresh = np.array([0])
    while len(fresh):
        seen[fresh] = True
        base = bases[fresh]
        if (base | 255).max() >= len(wide):
            return False, fresh
        places = (base[:, None] ^ np.arange(1, 256)).ravel()
        labels = np.tile(np.arange(1, 256), len(fresh))
        fresh = np.unique(places[wide[places] & (1 << 31 | 255) == labels])
        fresh = fresh[~seen[fresh]]
    leaves = np.flatnonzero(seen & (wide >> 8 & 1 == 1))
    return True, wide[bases[leaves[leaves > 0]]] & ((1 << 31) - 1)


def _check_template(at: str, step: Mapping[str, Any], pairs: bool) -> None:
    """The marks around a text: a few, and the text once; around two, if they are to be read together."""
    marks = _mapping(step.get("special_tokens"), f"{at}.special_tokens")
    if len(_texts(step.get("single"))) != 1:
        raise ValueError(
            f"{at}.single is {_short(step.get('single'))}; expected the text once and at most 15 marks around it"
        )
    if pairs and _texts(step.get("pair")) != ["A", "B"]:
        raise ValueError(
            f"{at}.pair is {_short(step.get('pair'))}; expected the texts A and B once and at most 14 marks around"
        )
    for name, mark in marks.items():
        ids = mark.get("ids") if isinstance(mark, dict) else None
        if not isinstance(ids, list) or not len(ids) == 1 or not _is_id(ids[0]):
            raise ValueError(f"{at}.special_tokens.{_short(name)}.ids is {_short(ids)}; expected one id")


def _texts(template: Any) -> list[str]:
    """The names of the texts in a template; an empty list for any other value."""
    if not isinstance(template, list) or len(template) > 16:
        return []
    places = [each["Sequence"] for each in template if isinstance(each, dict) and "Sequence" in each]
    return [str(each.get("id")) if isinstance(each, dict) else "" for each in places]


def _check_model(model: Mapping[str, Any]) -> None:
    """The vocabulary is there, its ids are ids, and the unknown word is in it."""
    kind, vocab = model.get("type"), model.get("vocab")
    if not isinstance(kind, str) or kind not in _MODELS:
        raise ValueError(f"model.type is {_short(kind)}; expected one of {', '.join(sorted(_MODELS))}")
    if model.get("dropout"):
        raise ValueError(f"model.dropout is {_short(model['dropout'])}; expected none: equal texts have equal tokens")
    longest = model.get("max_input_chars_per_word", 0)
    if type(longest) is not int or not 0 <= longest <= _LONGEST_WORD:
        raise ValueError(f"model.max_input_chars_per_word is {_short(longest)}; expected at most {_LONGEST_WORD}")
    if kind == "Unigram":
        _check_scores(model, vocab)
        return
    if not isinstance(vocab, dict) or not vocab or not all(map(_is_id, vocab.values())):
        raise ValueError(f"model.vocab is {_short(vocab)}; expected words with ids below {_MOST_IDS:,}")
    unknown = model.get("unk_token")
    if not (isinstance(unknown, str) and unknown in vocab) and not (kind == "BPE" and unknown is None):
        raise ValueError(f"model.unk_token is {_short(unknown)}; expected a word of the vocabulary")


def _check_scores(model: Mapping[str, Any], vocab: Any) -> None:
    """A vocabulary of pairs, a word and its score."""
    pairs = vocab if isinstance(vocab, list) and 0 < len(vocab) <= _MOST_IDS else [None]
    for number, pair in enumerate(pairs):
        if not (
            isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
            and type(pair[1]) in (int, float) and -1e9 < pair[1] < 1e9
        ):  # fmt: skip
            raise ValueError(f"model.vocab[{number}] is {_short(pair)}; expected a word and its score")
    unknown = model.get("unk_id")
    if type(unknown) is not int or not 0 <= unknown < len(pairs):
        raise ValueError(f"model.unk_id is {_short(unknown)}; expected a place in the vocabulary")


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST_IDS


def _mapping(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{at} is {_short(value)}; expected an object of names and values")
    return value


def _short(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, dict | list) and len(value) > 8:
        return f"{type(value).__name__} of {len(value):,}"
    return repr(value if not isinstance(value, str) else value[:60])[:80]


def unknown_word(tokenizer: Any) -> int | None:
    """Return the token that a tokenizer puts in the place of what it does not know, if it has one."""
    word = getattr(tokenizer.model, "unk_token", None)
    return tokenizer.token_to_id(word) if word else None
