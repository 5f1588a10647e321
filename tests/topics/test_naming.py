"""Names of topics and fields."""

from __future__ import annotations

import gzip
import json
import random
from itertools import islice
from pathlib import Path

import pytest

from broadsheet.topics.naming import Name, Paper, name_topics

PARSING, SPEECH, FIELD = 1, 2, 10
PAPERS = [
    *(
        Paper(PARSING, FIELD, title, text)
        for title, text in (
            ("Dependency parsing with stacks", "Experimental results show that dependency parsing is fast."),
            ("Fast dependency parsing", "We present a novel approach to dependency parsing of sentences."),
            ("Grammars for dependency parsers", "The parser reads sentences. Experimental results are good."),
        )
    ),
    *(
        Paper(SPEECH, FIELD, title, text)
        for title, text in (
            (
                "Speech recognition in noise",
                "Automatic speech recognition (ASR) of noisy recordings. Experimental results.",
            ),
            ("Automatic speech recognition", "We present a novel approach: automatic speech recognition on phones."),
            ("Acoustic models for ASR", "Automatic speech recognition with acoustic models of phones."),
        )
    ),
]


def test_a_topic_is_named_by_what_its_papers_are_about() -> None:
    names = name_topics(PAPERS)
    assert names[PARSING].name == "Dependency parsing"
    assert names[SPEECH].name == "Automatic speech recognition"
    assert names.keys() == {PARSING, SPEECH, FIELD}


def test_boilerplate_names_nothing() -> None:
    said = " ".join(phrase for name in name_topics(PAPERS).values() for phrase in (name.name, *name.phrases)).lower()
    assert not any(empty in said for empty in ("experimental", "results", "novel", "approach"))


def test_phrases_say_different_things() -> None:
    phrases = [each.lower() for each in name_topics(PAPERS)[SPEECH].phrases]
    assert "automatic speech recognition" in phrases
    assert len(phrases) <= 10
    assert not {"speech recognition", "recognition", "asr"} & set(phrases)


def test_a_field_is_named_by_what_two_of_its_topics_are_about() -> None:
    assert name_topics(PAPERS)[FIELD].name == "Dependency parsing and ASR"


def test_the_order_of_papers_makes_no_difference() -> None:
    mixed = PAPERS.copy()
    random.Random(0).shuffle(mixed)
    assert name_topics(mixed) == name_topics(PAPERS) == name_topics(iter(PAPERS))


def test_names_differ_even_where_topics_do_not() -> None:
    alike = [Paper(topic, 10 + topic % 2, "Word embeddings", "Word embeddings.") for topic in range(6)]
    names = name_topics(alike)
    assert len({each.name.casefold() for each in names.values()}) == 8
    assert all(each.name.casefold().startswith("word embedding") for each in names.values())


def test_names_that_are_taken_stay_and_are_not_given_again() -> None:
    names = name_topics(PAPERS, {PARSING: "My parsers", 99: "automatic speech-recognition"})
    assert names[PARSING].name == "My parsers"
    assert "Dependency parsing" in names[PARSING].phrases
    assert names[SPEECH].name != "Automatic speech recognition"
    assert 99 not in names


@pytest.mark.parametrize("paper", [Paper(1, 2, ""), Paper(1, 2, "2024", "$$ 1 2 3"), Paper(1, 2, "The novel results")])
def test_papers_without_a_nameable_word_get_a_plain_name(paper: Paper) -> None:
    names = name_topics([paper])
    assert {names[1].name, names[2].name} == {"Topic", "Topic 2"}
    assert not names[1].phrases


def test_no_papers_have_no_names() -> None:
    assert name_topics([]) == {}


def test_other_languages_and_scripts_are_named_too() -> None:
    names = name_topics(
        [
            *[Paper(1, 9, "机器翻译", "机器翻译。")] * 3,
            *[Paper(2, 9, "L'analyse des sentiments dans les réseaux sociaux", "des réseaux sociaux")] * 3,
            *[Paper(3, 9, "Распознавание речи", "распознавание речи для телефонов")] * 3,
        ]
    )
    assert names[1].name == "机器翻译"
    assert names[2].name == "Réseaux sociaux"
    assert names[3].name == "Распознавание речи"


def test_case_is_that_of_sentences() -> None:
    text = "We train BERT on arXiv. For BERT there is arXiv; Bayesian networks are trained."
    names = name_topics([Paper(1, 9, "BERT and Bayesian Networks for ARXIV", text), Paper(2, 9, "Cooking", "Cooking.")])
    phrases = names[1].phrases
    assert "BERT" in phrases
    assert "arXiv" in phrases
    assert "Bayesian networks" in phrases


def test_a_name_of_many_words_is_cut_to_its_last_four() -> None:
    names = name_topics([Paper(1, 2, "Very deep multi layer sparse residual graph attention networks", "")] * 4)
    assert names[1].name == "Residual graph attention networks"
    assert isinstance(names[1], Name)


def test_real_papers_of_a_category_are_named_by_what_it_is(data_dir: Path) -> None:
    words = {"cs.RO": "robot", "cs.CR": "security", "cs.GT": "game", "cs.DL": "citation", "cs.CL": "language"}
    categories = list(words)
    with gzip.open(data_dir / "papers_arxiv_cs" / "papers.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = map(json.loads, islice(file, 0, 20_000, 4))
        papers = [
            Paper(categories.index(row["extra"]["primary"]), 9, row["title"], row["abstract"])
            for row in rows
            if row["extra"]["primary"] in words
        ]
    names = name_topics(papers)
    phrases = [" ".join(names[at].phrases).lower() for at in range(len(categories))]
    assert {category: words[category] in each for category, each in zip(words, phrases, strict=True)} == dict.fromkeys(
        words, True
    )
    boilerplate = ("novel", "paper", "results", "approach", "state-of-the-art")
    assert not any(word in name.name.lower() for name in names.values() for word in boilerplate)
