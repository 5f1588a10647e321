"""Phrases that may not come back: pages, messages, emails, help and documents are in plain English.

Prose is every string and comment of the code, every template and script of the site, and every document. A folder that
is not clean yet is listed in ``REMAINING`` with its count, which may only fall.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PHRASES = {
    r"\banew\b": "again",
    r"\blikewise\b": "too",
    r"(?<!there are )\bno more\b(?! (?:than|papers|of|is|was|are|were)\b)": "no longer",
    r"\bany ?more\b": "any longer",
    r"\blets? expect\b": "predicts",
    r"\b(?:is|are|was|were|still) at it\b": "is running",
    r"\bparted by\b": "separated by",
    r"\bhand(?:s|ed|ing)? in\b(?!-?\s?hand)": "submit",
    r"\bgot about\b": "leaked",
    r"\b(?:stands?|stood|standing) (?:on|in)\b(?! (?:for|line|the way)\b)": "is listed on, is in",
    r"\bnobody\b": "no one",
    r"\bsomebody\b": "someone, a reader",
    r"\bwhoever\b": "anyone who, the one who",
    r"\bstanding (?:\S+ )?quer(?:y|ies)\b": "alert",
    r"(?<!there )\b(?:is|are|was|were) (?-i:none)\b": "is not a ...",
    r"(?<!when )(?<!if )(?<!why )\bthere (?:is|are|was|were) (?-i:none)\b": "there are no ... yet",
    r"\b(?:it|this|that|which|what|who) is no (?!longer|one|more|different|better|worse|other)": "is not a ...",
    r"\bbeside\b": "next to, with",
    r"\bmails\b|\b(?:a|every|each|by) mail\b(?! (?:server|program|client|relay|provider)s?\b)": "email",
    r"\be-mail": "email",
}
"""What may not be written, and what to write instead."""

EXCEPTIONS = {"src/broadsheet/shelf/__init__.py": ("sounds like somebody else",)}
"""Path -> words there that look like a phrase but must stay: titles of papers, queries, stored values."""

GENERATED = ("docs/reference.md",)  # repeats what the code says
NAMES = re.compile(r"``[^`]*``|`[^`\n]*`|https?://\S+")  # names of code, and addresses
TAG = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)  # of a template, where ``is none`` is a test

REMAINING: dict[str, int] = {}
"""Folders that are not clean yet. Lower a count as you rewrite, remove its line at 0, and add no line."""


def files() -> Iterator[Path]:
    """All files with prose in them."""
    for pattern in ("src/**/*.py", "src/**/*.html", "src/**/*.js", "docs/*.md", "README.md", "CHANGELOG.md"):
        yield from sorted(ROOT.glob(pattern))


def prose(path: Path) -> Iterator[str]:
    """The texts of a file that people read."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield TAG.sub(lambda tag: tag[0].replace(" is none", ""), text) if path.suffix == ".html" else text
        return
    yield from (
        each.string for each in tokenize.generate_tokens(io.StringIO(text).readline) if each.type == tokenize.COMMENT
    )
    yield from strings(ast.parse(text))


def strings(node: ast.AST) -> Iterator[str]:
    """The strings of a piece of code; one with values in it as a whole."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                yield from strings(each)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def phrases(text: str) -> list[str]:
    """What may not be written in a text, with what is around it and what to write."""
    words = re.sub(r"\s+", " ", NAMES.sub("…", text))
    return [
        f"…{words[max(0, match.start() - 30) : match.end() + 30]}… (write: {instead})"
        for phrase, instead in PHRASES.items()
        for match in re.finditer(phrase, words, re.IGNORECASE)
    ]


def lines(path: Path) -> list[str]:
    """What may not be written in a file, exceptions taken out."""
    name = path.relative_to(ROOT).as_posix()
    found = []
    for text in prose(path):
        for exception in EXCEPTIONS.get(name, ()):
            text = text.replace(exception, "…")
        found += [f"{name}: {each}" for each in phrases(text)]
    return found


def test_phrases_that_were_given_up_do_not_come_back() -> None:
    found: dict[str, list[str]] = {}
    for path in files():
        if path.relative_to(ROOT).as_posix() not in GENERATED:
            found.setdefault(path.relative_to(ROOT).parent.as_posix(), []).extend(lines(path))
    counts = {folder: len(each) for folder, each in sorted(found.items()) if each}
    worse = [folder for folder, count in counts.items() if count > REMAINING.get(folder, 0)]
    assert [line for folder in worse for line in found[folder]] == [], f"more than before in {', '.join(worse)}"
    assert counts == REMAINING, "some folders are cleaner than REMAINING says: lower its counts"


@pytest.mark.parametrize(
    "text",
    [
        "Each is made anew.",
        "It is written to no\n    more.",
        "The text lets expect 2.1 votes.",
        "A standing saved query of yours",
        "This is no archive.",
        "The first process is at it",
        "Names, parted by commas",
        "It stands on a day.",
        "if it got about.",
        "There are none yet",
        "Nobody may",
        "We send a mail to you",
    ],
)
def test_a_phrase_is_noticed(text: str) -> None:
    assert phrases(text)


@pytest.mark.parametrize(
    "text",
    [
        "at most 5 and no more than 7",
        "it is no longer there",
        "when the value is None",
        "hand in hand",
        "No more papers",
        "until there are no more; UsageError when there are none",
        "nothing stands in the way",
        "`static` stands in for it",
        "see `nobody` or https://example.org/whoever",
        "a mail server, by mail programs",
        "renewed, ladybeside, somebodyelse",
    ],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert phrases(text) == []


def test_every_kind_of_prose_is_read(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "# anew\ndef f(x: int) -> str:\n    'Likewise.'\n    return f'nobody {x} is at it' + 'who' 'ever'\n"
    )
    assert [*prose(code)] == ["# anew", "Likewise.", "nobody … is at it", "whoever"]
    assert [len(phrases(text)) for text in prose(code)] == [1, 1, 2, 1]
    page = tmp_path / "page.html"
    page.write_text("<p title='stands on a list'>{% if x is none %}There is none{% endif %} anew</p>")
    assert [len(phrases(text)) for text in prose(page)] == [3]


def test_an_exception_is_still_needed() -> None:
    for name, words in EXCEPTIONS.items():
        text = (ROOT / name).read_text("utf-8")
        assert [each for each in words if each not in text or not phrases(each)] == [], name


def test_counts_are_of_folders_that_exist() -> None:
    folders = Counter(path.relative_to(ROOT).parent.as_posix() for path in files())
    assert set(REMAINING) <= set(folders)
    assert all(count > 0 for count in REMAINING.values())
