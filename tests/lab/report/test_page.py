"""The page: whole, closed to everything outside; every value that is drawn is in its text, whatever the names are."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from broadsheet.lab.report import digits
from broadsheet.lab.report.content import Report
from broadsheet.lab.report.page import View, body, page, plots_style
from page_kit import Read
from report_kit import WARNING, made, renamed

HOSTILE = "<script>alert(1)</script>\"'&\x00\u202e]]>"


def test_the_page_is_whole_and_its_headings_are_in_order() -> None:
    read = Read(page(made()))
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(other <= one + 1 for one, other in pairwise(levels))
    names = [given["id"] for _, given in read.elements if "id" in given]
    assert len(names) == len(set(names))
    assert {link[1:] for link in read.links()} <= set(names)


def test_the_page_loads_nothing_and_its_policy_says_so() -> None:
    text = page(made())
    read = Read(text)
    assert not {tag for tag, _ in read.elements} & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not re.search(r"url\(|@import|javascript:|\son\w+=|\sstyle=", text)
    [policy] = [given["content"] for tag, given in read.elements if given.get("http-equiv")]
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "http" not in re.sub(r'xmlns="[^"]*"|http-equiv', "", text)


def test_every_value_has_its_interval_its_items_and_its_warning() -> None:
    text = unescape(re.sub(r"<[^>]+>", " ", str(body(made()))))
    for each in made().entries:
        assert digits.value(each.value) in text
        assert digits.interval(each.low, each.high) in text
        assert f"{each.items:,}" in text
    assert text.count(WARNING) == 5 + 1  # next to each value, and once below
    assert "memory" not in text  # no subject has one
    for words in (
        "data 0123456789abcdef",
        "a made-up one, 2 cores",
        "2026-03-04T09:00:00+00:00",
        "exactly 0 on all 3 sets",
    ):
        assert words in text


def test_every_drawing_has_words_or_says_nothing() -> None:
    drawings = [given for tag, given in Read(str(body(made()))).elements if tag == "svg"]
    shown = [given for given in drawings if given.get("role") == "img"]
    assert len(shown) == 2 + 3 + 1 + 1  # planes, sets, resolution, spectrum
    assert all(len(given["aria-label"]) > 30 for given in shown)
    assert all(given["aria-hidden"] == "true" for given in drawings if given not in shown)


@settings(max_examples=30)
@given(some.text(min_size=1, max_size=40))
def test_foreign_names_are_texts_and_nothing_else(name: str) -> None:
    plain = Read(str(body(made())))
    for old in ("deep", "herbs", "nDCG@10"):
        text = str(body(renamed(made(), old, name)))
        assert [tag for tag, _ in Read(text).elements] == [tag for tag, _ in plain.elements]


def test_a_hostile_name_arrives_as_it_is_but_harmless() -> None:
    text = page(replace(renamed(made(), "deep", HOSTILE), title=HOSTILE, notes=[HOSTILE], facts=[(HOSTILE, HOSTILE)]))
    Read(text)
    assert "<script" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>\"'&]]>" in unescape(text)


def test_a_report_of_values_alone_has_no_empty_sections() -> None:
    report = Report(title="t", made=made().made, entries=made().entries)
    text = str(body(report))
    assert "<svg" in text
    for name in ("speed", "resolution", "likeness", "geometry"):
        assert f'id="{name}"' not in text
    Read(text)


def test_nothing_measured_is_a_page_too() -> None:
    Read(page(Report(title="Nothing", made=made().made, entries=[])))
    assert "0 values" in page(Report(title="Nothing", made=made().made, entries=[]))


def test_shades_go_from_the_worst_to_the_best() -> None:
    view = View(made())
    assert view.shade("herbs", 0.64) == 8
    assert view.shade("herbs", 0.02) == 0
    assert view.likeness_shade(1.0) == 8


def test_styles_have_both_schemes() -> None:
    assert "prefers-color-scheme: dark" in plots_style()
