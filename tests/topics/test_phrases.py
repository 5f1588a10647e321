"""Noun phrases of papers: what holds together, what is left out, how it is written."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from broadsheet.topics.phrases import TEXT, Phrases, Table

PAPERS = (
    (
        "Neural Machine Translation of Rare Words",
        "We translate each rare word. Neural machine translation systems use a fixed vocabulary, and neural machine "
        "translation is an open problem. To model the words, we train BERT.",
        ("machine translation", "rare words"),
    ),
    (
        "Colour in Images",
        "The colour of an image is studied. Each color is learned quickly from images (see https://example.org/colour).",
        (),
    ),
)


def table(*papers: tuple[str, str, tuple[str, ...]], least: int = 1) -> Table:
    phrases = Phrases()
    for paper in papers:
        phrases.add([paper])
    return phrases.table(least)


def counts(made: Table) -> Counter[str]:
    return Counter(" ".join(made.keys[each]) for each in made.phrase.tolist())


def test_the_ends_of_stretches_are_counted_with_and_without_a_general_head() -> None:
    found = counts(table(*PAPERS))
    assert found["neural machine translation"] == 3
    assert found["machine translation"] == 4  # the keyword, too
    assert found["rare word"] == 3
    assert "neural machine" not in found
    assert "neural" not in found


def test_stop_words_verbs_adverbs_numbers_and_addresses_part_phrases() -> None:
    found = counts(table(*PAPERS, ("3 rows", "We train 42 networks on the network in 2024; x = y.", ())))
    assert not {
        "we",
        "train",
        "train bert",
        "model the words",
        "studied",
        "quickly",
        "learned",
        "42",
        "2024",
        "x",
    } & set(found)
    assert not any("example" in each or "http" in each for each in found)
    assert found["bert"] == 1


def test_a_word_is_a_verb_only_where_it_is_used_as_one() -> None:
    text = "We model the data. " + "The language model is large. " * 9
    assert counts(table(("", text, ())))["language model"] == 9


def test_plural_and_british_forms_count_together() -> None:
    made = table(*PAPERS)
    assert counts(made)["color"] == 3
    assert counts(made)["image"] == 3
    assert "colour" not in counts(made)


def test_places_know_their_paper_and_part() -> None:
    made = table(*PAPERS)
    at = [each for each, key in enumerate(made.keys) if key == ("machine", "translation")]
    inside = np.isin(made.phrase, at)
    assert set(made.paper[inside].tolist()) == {0}
    assert Counter(made.part[inside].tolist()) == {0: 1, TEXT: 2, 2: 1}  # title, text and keyword


def test_phrases_are_written_as_inside_sentences_and_in_their_usual_number() -> None:
    made = table(*PAPERS)
    by_key = {" ".join(key): each for each, key in enumerate(made.keys)}
    written = made.written(np.array([by_key["neural machine translation"], by_key["bert"], by_key["rare word"]]))
    assert sorted(written.values()) == ["BERT", "neural machine translation", "rare words"]
    assert made.written(np.zeros(0, dtype=np.int64)) == {}


def test_words_that_say_nothing_alone_are_weak() -> None:
    made = table(("Methods", "The results of the method and the time series and the time are here.", ()))
    weak = {" ".join(key): bool(flag) for key, flag in zip(made.keys, made.weak, strict=True)}
    assert weak["method"]
    assert weak["time"]
    assert not weak["time series"]


def test_a_shorter_phrase_is_the_parent_of_the_one_that_it_ends() -> None:
    made = table(*PAPERS)
    by_key = {" ".join(key): each for each, key in enumerate(made.keys)}
    assert made.parent[by_key["neural machine translation"]] == by_key["machine translation"]
    assert made.parent[by_key["machine translation"]] == by_key.get("translation", -1)


@pytest.mark.parametrize("least", [2, 3])
def test_rare_phrases_are_left_out(least: int) -> None:
    found = counts(table(*PAPERS, least=least))
    assert found
    assert min(found.values()) >= least


def test_scripts_without_spaces_are_cut_into_characters_and_written_together() -> None:
    made = table(("机器翻译", "机器翻译。神经机器翻译。", ()))
    by_key = {"".join(key): each for each, key in enumerate(made.keys)}
    assert counts(made)["机 器 翻 译"] == 3
    assert made.written(np.array([by_key["机器翻译"]])) == {by_key["机器翻译"]: "机器翻译"}


@pytest.mark.parametrize("paper", [("", "", ()), ("\x01\x02 \x01", "\x02", ("\x01",)), (". , ;", "1 2 3", ("",))])
def test_papers_without_words_have_no_phrases(paper: tuple[str, str, tuple[str, ...]]) -> None:
    assert counts(table(paper)) == {}
    assert Phrases().table(1).keys == []


def test_marks_in_a_text_do_not_move_the_papers_after_it() -> None:
    made = table(("bees \x01 \x02", "\x02", ("\x01",)), ("rivers", "", ()))
    assert dict(zip(made.phrase.tolist(), made.paper.tolist(), strict=True)) == {0: 0, 1: 1}


def test_blocks_make_no_difference() -> None:
    together = Phrases()
    together.add(PAPERS)
    assert counts(together.table(1)) == counts(table(*PAPERS))
    assert together.table(1).paper.tolist() == table(*PAPERS).paper.tolist()


def test_an_of_joins_two_words_that_are_one_term() -> None:
    text = (
        "The Internet of Things is here. " * 3
        + "Internet of things devices. A number of things. Number of rows. Number of nodes. "
    )
    made = table(("", f"{text} Number of stones.", ()))
    found = counts(made)
    assert found["internet of things"] == 3
    assert not any(each.startswith("of ") or each.endswith(" of") or "number of" in each for each in found)
    assert (
        made.written(np.arange(len(made.keys)))[made.keys.index(("internet", "of", "things"))] == "Internet of Things"
    )
