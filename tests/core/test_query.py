from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.query import LONGEST, LONGEST_TYPED, ask, day, with_topics
from broadsheet.core.types import Filters


def test_conditions_are_taken_out_of_the_words():
    asked = ask('graph author:"Ana Lee" since:2024-02 networks has:code cat:cs.IR until:2024 votes:3 title:deep')
    assert asked.words == "graph networks"
    assert asked.filters == Filters(
        since=date(2024, 2, 1),
        until=date(2024, 12, 31),
        categories=("cs.IR",),
        authors=("Ana Lee",),
        has_code=True,
        min_votes=3,
    )
    assert asked.fields == {"title": "deep"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("owls topic:birds", "owls topic:<birds>"),
        ('TOPIC:"night owls" topic:2 has:code', "topic:<night owls> topic:<2> has:code"),
        ('author:topic:a "topic:b" topic: c topical:d', 'author:topic:a "topic:b" topic: c topical:d'),
        ('topic:" "', 'topic:" "'),
    ],
)
def test_the_topics_of_a_query_are_rewritten(text, expected):
    assert with_topics(text, lambda topic: f"<{topic}>") == expected


@pytest.mark.parametrize(
    "text",
    [
        "DECOR:Decomposition of things",
        "ratio 3:1",
        "since:yesterday",
        "note: this",
        "has:bananas",
        "votes:many",
        "author:",
    ],
)
def test_what_is_no_condition_is_words(text):
    asked = ask(text)
    assert asked.words == text
    assert not asked.filters


def test_given_filters_win():
    given_filters = Filters(since=date(2020, 1, 1), sources=("hf",))
    asked = ask("x since:2024", given_filters)
    assert asked.filters == given_filters


def test_dates():
    assert day("2024-02", last=True) == date(2024, 2, 29)
    assert day("2024-13") is None
    assert day("0000") is None
    assert day("last week") is None


def test_long_queries_are_cut_and_say_so():
    asked = ask("word " * 30_000)
    assert len(asked.words) <= LONGEST
    assert "cut" in asked.note
    assert not ask("short").note


@given(st.text(max_size=300))
def test_any_text_is_a_query(text):
    asked = ask(text)
    asked.words.encode()
    assert isinstance(asked.filters, Filters)


def test_operators_are_words_until_asked_for():
    assert ask('eels -sea "salt water" OR rivers').words == 'eels -sea "salt water" OR rivers'
    asked = ask('eels -sea "salt water"', with_operators=True)
    assert (asked.words, asked.required, asked.without) == ("eels salt water", (("salt water",),), ("sea",))


def test_categories_can_be_excluded_and_other_conditions_say_that_they_cannot():
    asked = ask("eels -cat:cs.CV -category:cs.LG -author:lee", with_operators=True)
    assert asked.filters.without_categories == ("cs.CV", "cs.LG")
    assert asked.words == "eels"
    assert "-author:lee was not heeded" in asked.note


def test_a_name_after_author_goes_as_far_as_people_are_called():
    def is_name(words):
        return words.lower() in {"kaia he", "kaia", "kaia he berg"}

    assert ask("author:Kaia He residual eels", is_name=is_name).filters.authors == ("Kaia He",)
    assert ask("author:kaia he residual eels", is_name=is_name).words == "residual eels"
    assert ask("eels author:Kaia He Berg", is_name=is_name).filters.authors == ("Kaia He Berg",)
    assert ask("author:Kaia eels", is_name=is_name).filters.authors == ("Kaia",)
    assert ask("author:Kaia He").filters.authors == ("Kaia",)
    two = ask("author:kaia he author:kaia eels", is_name=is_name)
    assert (two.filters.authors, two.words) == (("kaia he", "kaia"), "eels")


@given(st.text(max_size=200), st.booleans())
def test_any_text_with_operators_is_a_query(text, anyone):
    asked = ask(text, with_operators=True, is_name=lambda _: anyone)
    asked.words.encode()
    assert isinstance(asked.filters, Filters)


def test_quotes_of_a_longer_text_are_its_own():
    text = 'I would like to find papers that ask whether "what you see" -dash is what the reader of a page gets OR not'
    asked = ask(text, with_operators=True)
    assert (asked.words, asked.required, asked.without) == (text, (), ())
    assert "read as words" in asked.note
    assert ask('"' + "eels and rivers " * 9 + '"', with_operators=True).required
    assert not ask("eels and rivers " * 9, with_operators=True).note


def test_a_condition_that_cannot_be_used_is_told():
    asked = ask("owls since:foo votes:many note:this", with_operators=True)
    assert asked.words == "owls since:foo votes:many note:this"
    assert "since:foo was read as words: expected a day" in asked.note
    assert "votes:many was read as words" in asked.note
    assert "note:this" not in asked.note
    assert ask("owls since:foo").note == ""


def test_a_typed_query_points_to_papers_and_lists_and_an_alert_does_not():
    text = 'eels like:2401.00016 LIKE:doi:10.1/x unlike:b in:"to read" in:3 aspect:Method -in:old -like:c'
    asked = ask(text, with_operators=True)
    assert asked.words == "eels"
    assert (asked.like, asked.unlike) == (("2401.00016", "doi:10.1/x"), ("b", "c"))
    assert (asked.lists, asked.without_lists, asked.aspect) == (("to read", "3"), ("old",), "method")
    assert ask(text).words == text
    assert ask("aspect:colour x", with_operators=True).words == "aspect:colour x"


def test_sets_are_read_next_to_conditions_and_exclusions():
    asked = ask('("graph learning") & (drugs) - (toxic ones) -protein since:2024 -topic:7', with_operators=True)
    assert asked.words == "graph learning drugs"
    assert asked.sets is not None
    assert (asked.without, asked.filters.without_topics, asked.filters.since) == (
        ("protein",),
        ("7",),
        date(2024, 1, 1),
    )
    assert ask('("graph learning") & (drugs)').words == '("graph learning") & (drugs)'


def test_a_note_on_sets_is_for_short_queries():
    broken = "(eels) & (rivers"
    assert "a parenthesis is not closed" in ask(broken, with_operators=True).note
    assert "parenthesis" not in ask(broken + " and more words" * 30, with_operators=True).note


def test_a_typed_query_may_be_a_whole_abstract():
    text = "word " * 900
    assert ask(text, with_operators=True).words == text.strip()
    assert ask(text, with_operators=True).note == ""
    assert len(ask("word " * 5_000, with_operators=True).words) <= LONGEST_TYPED


@given(st.text(alphabet='()"&|- abcNOTliken:\n', max_size=200))
def test_any_text_made_of_operators_is_a_query(text):
    asked = ask(text, with_operators=True)
    assert isinstance(asked.words, str)
    assert (asked.sets is None) or asked.words


ALERTS = [
    "eels", 'owls topic:"night owls" since:2024', "(a) & (b) - (c)", '"a b" | "c"', "like:x unlike:y in:z aspect:task",
    "robots in labs, not about arms", "-word NOT x AND y", "author:Anna Meyer eels votes:3",
]  # fmt: skip


@pytest.mark.parametrize("text", ALERTS)
def test_alerts_are_read_as_ever(text):
    asked = ask(text)
    held = " ".join(
        part for part in text.split() if not part.lower().startswith(("topic:", "since:", "author:", "votes:"))
    )
    assert asked.words == held.replace(' owls"', "")
    assert (asked.sets, asked.like, asked.unlike, asked.lists, asked.aspect, asked.required) == (
        None,
        (),
        (),
        (),
        "",
        (),
    )
