"""A tokenizer.json is read as it was meant, or refused in one line that names the field; it never panics or grows."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bert_kit import open_tiny
from broadsheet.core.errors import ModelError
from broadsheet.encoders.tokenizer import read_tokenizer, unbroken
from fuzzing import json_values, mutated
from tinybert import tiny_tokenizer, write_tiny


@pytest.fixture
def path(tmp_path: Path) -> Path:
    tiny_tokenizer().save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


def changed(path: Path, at: str, value: Any) -> Path:
    """Set one value of the file, by its names with points between."""
    values = json.loads(path.read_text())
    place = values
    *names, last = at.split(".")
    for name in names:
        place = place[name]
    place[last] = value
    path.write_text(json.dumps(values))
    return path


def charsmap(units: list[int], forms: bytes) -> str:
    return base64.b64encode(struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + forms).decode()


def sequence(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "normalizers": list(steps)}


def replace(text: str, content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"String": text}, "content": content}


def leading(letter: str, value: int) -> list[int]:
    """The units of a table of characters that knows one letter: root, the letter's unit, and its leaf."""
    units = [0] * 512
    units[0] = 256 << 10  # offset 256: letters stand from there
    units[256 ^ ord(letter)] = (
        (ord(letter) << 10) | (1 << 8) | ord(letter)
    )  # its own place ^ letter = 256: a leaf there
    units[256] = (1 << 31) | value
    return units


def test_a_tokenizer_cuts_where_asked_and_never_pads(path: Path) -> None:
    assert len(read_tokenizer(path).encode("word " * 50).ids) == 52
    assert len(read_tokenizer(path, max_length=12).encode("word " * 50).ids) == 12
    assert len(read_tokenizer(path).encode("word").ids) == 3


BOMB = [replace("a", "a" * 16)] * 6
PUNCTUATION = [replace(mark, f" {mark} ") for mark in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"]


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        ("normalizer", {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, "precompiled_charsmap is 'AAAA'"),
        ("normalizer", sequence(*BOMB), r"normalizers\[1\].content is 'aaaa.*over 16 letters of one"),
        ("normalizer", sequence(replace("a", "bb"), replace("b", "cc"), replace("c", "d" * 5)), "over 16 letters"),
        ("normalizer", sequence(replace("ab", "abababab"), *[replace("ab", "abab")] * 9), "over 16 letters"),
        ("normalizer", sequence(*[{"type": "Prepend", "prepend": "x"}] * 2), "Prepend, 2 times"),
        ("normalizer", {"type": "Prepend", "prepend": "x" * 10_000}, "prepend is"),
        ("normalizer", {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}, r"pattern is .*\(a\+\)"),
        ("normalizer", {"type": "Replace", "pattern": {"String": ""}, "content": "x"}, "pattern is"),
        ("normalizer", {"type": "Rot13"}, "normalizer.type is 'Rot13'"),
        ("normalizer", ["NFC"], r"normalizer is \['NFC'\]"),
        ("normalizer", sequence(sequence(sequence(sequence(sequence({"type": "NFC"}))))), "4 deep"),
        ("normalizer", sequence(*[{"type": "NFC"}] * 1_000), "list of 1,000"),
        ("pre_tokenizer", {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}] * 30}, "ByteLevel, 30 times"),
        ("pre_tokenizer", {"type": "Split", "pattern": {"Regex": "(x*)*y"}, "behavior": "Isolated"}, "pattern is"),
        ("pre_tokenizer", {"type": []}, r"pre_tokenizer.type is \[\]"),
        ("post_processor", {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}] * 2,
                            "pair": [], "special_tokens": {}}, "expected the text once"),
        ("post_processor", {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}],
                            "pair": [], "special_tokens": {"[X]": {"id": "[X]", "ids": [1] * 999, "tokens": []}}},
         "expected one id"),
        ("model.unk_token", "[NOT]", r"model.unk_token is '\[NOT\]'"),
        ("model.unk_token", None, "model.unk_token is None"),
        ("model.vocab", {}, "model.vocab is {}"),
        ("model.vocab", {"a": -1}, "model.vocab is"),
        ("model.vocab", {"a": "0"}, "model.vocab is"),
        ("model.type", "Magic", "model.type is 'Magic'"),
        ("model.max_input_chars_per_word", 10**9, "max_input_chars_per_word is 1000000000"),
        ("model", {"type": "Unigram", "unk_id": 5, "vocab": [["a", -1.0]]}, "model.unk_id is 5"),
        ("model", {"type": "Unigram", "unk_id": 0, "vocab": []}, r"model.vocab\[0\] is None"),
        ("model", {"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e300]]}, r"model.vocab\[0\] is"),
        ("model", {"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.5}, "model.dropout is 0.5"),
        ("model", {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "zz"]]}, "is not a tokenizer"),
        ("model", None, "model is None"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(path: Path, at: str, value: Any, words: str) -> None:
    changed(path, at, value)
    with pytest.raises(ModelError, match=words) as caught:
        read_tokenizer(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "normalizer",
    [
        None,
        sequence({"type": "NFKC"}, {"type": "Lowercase"}, {"type": "StripAccents"}, replace("``", '"')),
        sequence(*PUNCTUATION, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}),
        sequence({"type": "Precompiled", "precompiled_charsmap": charsmap(leading("x", 2), b"a\0yy\0")},
                 {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}),
    ],
)  # fmt: skip
def test_steps_that_models_really_have_are_taken(path: Path, normalizer: Any) -> None:
    tokenizer = read_tokenizer(changed(path, "normalizer", normalizer))
    assert tokenizer.encode("a, word.").ids


GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+"
)


@pytest.mark.parametrize("regex", [GPT2, LLAMA3, LLAMA3.replace("{1,3}", "")])
def test_words_are_cut_as_gpt_2_and_its_heirs_do(path: Path, regex: str) -> None:
    split = {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}
    bytes_of = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    tokenizer = read_tokenizer(changed(path, "pre_tokenizer", {"type": "Sequence", "pretokenizers": [split, bytes_of]}))
    words = [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str("it's a  paper,\n of 26")]
    assert words[:4] == ["it", "'s", "Ġa", "Ġ"]
    assert words[4] == "Ġpaper"
    with pytest.raises(ModelError, match="pattern is"):
        read_tokenizer(changed(path, "pre_tokenizer", {**split, "pattern": {"Regex": regex + "|(a+)+$"}}))
    with pytest.raises(ModelError, match="pattern is"):
        read_tokenizer(changed(path, "normalizer", replace("a", "b") | {"pattern": {"Regex": regex}}))


def test_a_table_of_characters_is_used_as_it_was_meant(path: Path) -> None:
    table = {"type": "Precompiled", "precompiled_charsmap": charsmap(leading("x", 2), b"a\0yy\0")}
    tokenizer = read_tokenizer(changed(path, "normalizer", table))
    assert tokenizer.normalizer.normalize_str("x-x") == "yy-yy"


@pytest.mark.parametrize(
    ("units", "forms"),
    [
        (leading("x", 99), b"a\0yy\0"),  # a form that is not there
        (leading("x", 1), "é\0".encode()),  # one that begins within a character
        (leading("x", 0), b"y" * 10_000),  # one that is a bomb
        (leading("x", 0)[:300], b"a\0"),  # a way out of the table
        ([1 << 30] * 512, b"a\0"),
        ([], b""),
    ],
)
def test_a_table_of_characters_that_leads_outside_is_refused(path: Path, units: list[int], forms: bytes) -> None:
    table = {"type": "Precompiled", "precompiled_charsmap": charsmap(units, forms)}
    with pytest.raises(ModelError, match="precompiled_charsmap is"):
        read_tokenizer(changed(path, "normalizer", table))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), units=st.sampled_from([256, 512, 1024]))
def test_no_table_that_is_taken_makes_the_library_panic(
    tmp_path_factory: pytest.TempPathFactory, seed: int, units: int
) -> None:
    random = np.random.default_rng(seed)
    table = np.array(leading("x", 2) + [0] * (units - 512) if units > 512 else leading("x", 2), dtype=np.uint32)
    for at in random.integers(0, len(table), 6):
        table[at] = random.choice([random.integers(0, 2**32), (300 << 10) | 256 | (at & 255), 1 << 31 | 1])
    path = tmp_path_factory.mktemp("t") / "tokenizer.json"
    tiny_tokenizer().save(str(path))
    changed(path, "normalizer", {"type": "Precompiled", "precompiled_charsmap": charsmap(table.tolist(), b"a\0yy\0")})
    try:
        tokenizer = read_tokenizer(path)
    except ModelError as error:
        assert "precompiled_charsmap" in str(error)  # noqa: PT017
        return
    every = "".join(map(chr, range(1, 0x250)))
    assert len(tokenizer.normalizer.normalize_str(every)) < 100 * len(every)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.sampled_from(["normalizer", "pre_tokenizer", "post_processor", "model", "added_tokens", "truncation",
                        "padding", "decoder", "version", "model.vocab", "model.unk_token", "model.type",
                        "model.continuing_subword_prefix", "normalizer.lowercase", "post_processor.sep"]),
    value=json_values,
)  # fmt: skip
def test_any_value_is_right_or_refused(path: Path, at: str, value: Any) -> None:
    tiny_tokenizer().save(str(path))
    right_or_refused(changed(path, at, value))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_are_right_or_refused(path: Path, data: st.DataObject) -> None:
    tiny_tokenizer().save(str(path))
    path.write_bytes(data.draw(mutated(path.read_bytes())))
    right_or_refused(path)


def right_or_refused(path: Path) -> None:
    try:
        tokenizer = read_tokenizer(path, max_length=16)
        with unbroken(path):
            assert len(tokenizer.encode("some words of a text, and more " * 9).ids) <= 16
    except ModelError as error:
        assert "\n" not in str(error)  # noqa: PT017


class PanicException(BaseException):
    """What a panic of the library looks like from here."""


def test_a_panic_is_refused_and_an_interruption_is_not(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelError, match=r"t\.json is not a tokenizer that works: a panic in two lines"),
        unbroken(tmp_path / "t.json"),
    ):
        raise PanicException("a panic\nin two lines")
    with pytest.raises(KeyboardInterrupt), unbroken(tmp_path / "t.json"):
        raise KeyboardInterrupt


def test_a_tokenizer_is_refused_before_the_graph_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny(tmp_path / "m")
    changed(tmp_path / "m" / "tokenizer.json", "model.unk_token", "[NOT]")
    monkeypatch.setattr("broadsheet.encoders.bert.build", lambda *_: pytest.fail("a graph was built"))
    with pytest.raises(ModelError, match="unk_token"):
        open_tiny(tmp_path / "m").encode(["a text"])
