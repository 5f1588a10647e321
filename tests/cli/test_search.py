"""The commands search, similar and show: what they print, and their JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.cli import search as commands
from cli_kit import Call, asked
from door_kit import usage


def test_search_shows_papers_and_marks_nothing_foreign(filled: Call) -> None:
    code, out, _ = filled("search", "counting", "bees", "--parts")
    assert code == 0
    assert out.startswith("1  Bees that count flowers")
    assert "Ada Made, Bo Other · InsectConf · 2024-03-05" in out
    assert "score" in out
    assert "words" in out


def test_search_json(filled: Call) -> None:
    found = asked(filled, "search", "counting bees", "-k", "2")
    assert set(found) == {
        "query", "mode", "offset", "more", "note", "searched", "suggestion", "cutoff", "answerable",
        "missing", "topics", "items", "relevant", "sort", "named", "facets",
    }  # fmt: skip
    first = found["items"][0]
    assert set(first) == {
        "rank", "score", "strength", "pinned", "passage", "matched", "parts", "relevance", "alike", "meanings", "same",
        "document",
    }  # fmt: skip
    assert (first["rank"], first["document"]["title"]) == (1, "Bees that count flowers")
    assert {"score", "rank", "contribution"} == set(first["parts"]["lexical"])
    start, end = first["matched"][0]
    assert first["passage"][start:end].lower() in ("bees", "count")


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--since", "2024"], {"Bees that count flowers"}),
        (["--until", "2022"], {"Hives under stress"}),
        (["--has-code"], {"Bees that count flowers"}),
        (["--min-votes", "5"], {"Rivers and their sand"}),
        (["--venue", "insectconf"], {"Bees that count flowers"}),
        (["--author", "made"], {"Bees that count flowers"}),
        (["--source", "page"], set()),
    ],
)
def test_conditions_hold(filled: Call, options: list[str], titles: set[str]) -> None:
    found = asked(filled, "search", "bees in sand", *options)
    assert {item["document"]["title"] for item in found["items"]} == titles
    assert bool(found["note"]) == (not titles)


def test_show_and_similar(filled: Call) -> None:
    id_ = asked(filled, "search", "Rivers and their sand")["items"][0]["document"]["id"]
    assert "Sand moves with the river" in filled("show", id_)[1]
    assert asked(filled, "show", id_)["votes"] == 7
    near = asked(filled, "similar", id_)["items"]
    assert len(near) == 2
    assert id_ not in [item["document"]["id"] for item in near]


def test_relevant_papers_are_sorted_and_counted(filled: Call) -> None:
    found = asked(filled, "search", "rivers", "--sort", "votes", "--facets")
    assert found["sort"] == "votes"
    votes = [item["document"].get("votes", 0) for item in found["items"][: found["relevant"]]]
    assert votes == sorted(votes, reverse=True)
    assert asked(filled, "search", "rivers")["facets"] == []
    code, _, said = filled("search", "since:1900", "--facets")
    assert code == 0
    assert "year: " in said
    code, _, said = filled("search", "rivers", "--sort", "oldest")
    assert code != 0
    assert "unknown order 'oldest'" in said


def test_its_usage_stays() -> None:
    assert usage(commands.search) == {
        "--all",
        "--author",
        "--category",
        "--copies",
        "--count",
        "--data",
        "--diverse",
        "--facets",
        "--file",
        "--for",
        "--has-code",
        "--json",
        "--min-votes",
        "--mode",
        "--no-code",
        "--no-copies",
        "--offset",
        "--parts",
        "--since",
        "--sort",
        "--source",
        "--stages",
        "--topic",
        "--until",
        "--venue",
        "-k",
        "QUERY",
    }
    assert usage(commands.similar) == {
        "--aspect",
        "--author",
        "--category",
        "--copies",
        "--count",
        "--data",
        "--diverse",
        "--has-code",
        "--json",
        "--min-votes",
        "--no-code",
        "--no-copies",
        "--offset",
        "--parts",
        "--since",
        "--source",
        "--topic",
        "--until",
        "--venue",
        "-k",
        "ID",
    }
    assert usage(commands.show) == {"--data", "--json", "ID"}


def test_words_to_exclude_are_not_options(filled: Call) -> None:
    found = asked(filled, "search", "bees", "-flowers")
    assert "Without papers that contain “flowers”." in found["note"]
    assert asked(filled, "search", "bees", "-category:q-bio", "-k2")["items"]
    assert filled("search", "--", "-flowers")[0] == 0
    assert "No such option" in filled("search", "bees", "--flowers")[2]
    assert "No such option" in filled("search", "bees", "-json")[2]


def test_a_text_or_references_can_be_searched_for(filled: Call, tmp_path: Path) -> None:
    text = tmp_path / "paper.txt"
    text.write_text("Sand moves with the river\n\nand settles where the river is slow.")
    assert asked(filled, "search", "--file", str(text))["items"][0]["document"]["title"] == "Rivers and their sand"
    bib = tmp_path / "refs.bib"
    bib.write_text("@misc{a, title={Rivers and their sand}}\n@misc{b, title={Bees under water}}\n")
    found = asked(filled, "search", "--file", str(bib))
    assert "1 of 2 references are in this Collection" in found["note"]
    assert "Rivers and their sand" not in [each["document"]["title"] for each in found["items"]]
    for missing in ([], ["--file", str(tmp_path / "none.txt")]):
        assert filled("search", *missing)[0] in (2, 3)
    text.write_text(" ")
    assert filled("search", "--file", str(text))[0] == 2


def test_the_parts_of_a_query_with_sets_are_printed(filled: Call) -> None:
    code, out, _ = filled("search", "(bees) & (flowers) - (rivers)", "--parts")
    assert code == 0
    assert "“bees flowers”" in out
    assert "not “rivers”" in out


def test_lists_belong_to_the_single_reader(filled: Call) -> None:
    assert "in:mine was not heeded" in asked(filled, "search", "bees in:mine")["note"]
