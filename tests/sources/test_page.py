"""Saved daily-papers pages: both layouts, nothing lost, nothing guessed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import page
from broadsheet.testing import check_source
from fuzzing import only_records_or_errors

HEADER = ["new", "Get trending papers in your email inbox!", "Subscribe", "byAB and the research community", "Apr 3"]
GLUED = ["Get trending papers in your email inbox once a day!", "Get trending papers in your email inbox!"]
CARDS = [
    ("2D Sheep: Counting^2 -- without dogs", "We count sheep in two dimensions. It works."),
    ("kSheep", "Sheep are counted k times, without a full stop at the end"),
    ("'Tis the Season?", "A short text: <EOS> is no tag, nor is <50. keywords: wool, shadows, counting"),
    ("DECOY:Sheep", "The last text has no line end"),
]


def blocks(folder: Path, cards: list[tuple[str, str]] = CARDS, name: str = "page.txt") -> page.FileSource:
    path = folder / name
    path.write_text("\n\n".join([*HEADER, *(part for card in cards for part in card)]))
    return page.named(str(path))


def lines(folder: Path, cards: list[tuple[str, str]] = CARDS, name: str = "glued.txt") -> page.FileSource:
    path = folder / name
    text = "\n".join(part for card in cards for part in card)
    path.write_text("\n".join(GLUED) + "\nSubscribe" + text)
    return page.named(str(path))


def documents(source: page.FileSource, least: int = 1) -> list[Document]:
    return [record for record in check_source(source, least=least) if isinstance(record, Document)]


def test_both_layouts_give_the_same_cards_in_order(tmp_path: Path) -> None:
    for source in (blocks(tmp_path), lines(tmp_path)):
        found = documents(source)
        assert [(d.title, d.text) for d in found] == CARDS
        assert [list(d.extra["ranks"].values()) for d in found] == [[1], [2], [3], [4]]
        assert len({d.id for d in found}) == 4
        assert {d.id.split(":")[0] for d in found} == {"title"}
        assert {d.source for d in found} == {source.name}
        assert all(d.day is None and d.year is None for d in found)


def test_the_day_stamp_is_kept_where_there_is_one(tmp_path: Path) -> None:
    assert documents(blocks(tmp_path))[0].extra["stamps"] == {"page.txt": "Apr 3"}
    assert "stamps" not in documents(lines(tmp_path))[0].extra


def test_a_page_without_header(tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("Subscribe to Sheep\n\nA text.\n\nMay 4\n\nThe title was a day.\n")
    found = documents(page.named(str(tmp_path / "bare.txt")))
    assert [d.title for d in found] == ["Subscribe to Sheep", "May 4"]


def test_pairs_of_lines_between_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_text("\n\n".join(f"{title}\n{text}" for title, text in CARDS) + "\n\n\n")
    assert [(d.title, d.text) for d in documents(page.named(str(tmp_path / "pairs.txt")))] == CARDS


def test_a_wrapped_block_is_one_text(tmp_path: Path) -> None:
    found = documents(blocks(tmp_path, [*CARDS, ("Wrapped", "First line\nsecond line.")]))
    assert (found[-1].text, found[-1].shown_text) == ("First line\nsecond line.", "First line second line.")


def test_an_odd_page_fails_and_says_where(tmp_path: Path) -> None:
    cards = [CARDS[0], ("A title whose text was lost", ""), CARDS[1]]
    for source, line in ((blocks(tmp_path, cards), 15), (lines(tmp_path, cards), 5)):
        with pytest.raises(SourceError, match=rf"has 5 blocks .* line {line} or earlier"):
            list(source.fetch())


def test_an_empty_page_is_an_error(tmp_path: Path) -> None:
    for text in ("", "\n\n", "\n\n".join(HEADER)):
        (tmp_path / "empty.txt").write_text(text)
        with pytest.raises(SourceError, match="contains no papers"):
            list(page.named(str(tmp_path / "empty.txt")).fetch())


def test_a_folder_shows_a_paper_once_with_its_rank_on_each_page(tmp_path: Path) -> None:
    blocks(tmp_path, CARDS[:3], "a.txt")
    lines(tmp_path, [CARDS[3], CARDS[0]], "b.txt")
    (tmp_path / "notes.md").write_text("no page")
    found = {d.title: d.extra["ranks"] for d in documents(page.named(str(tmp_path)))}
    assert found[CARDS[0][0]] == {"a.txt": 1, "b.txt": 2}
    assert found[CARDS[3][0]] == {"b.txt": 1}
    assert len(found) == 4


def test_a_broken_page_in_a_folder_costs_only_itself(tmp_path: Path) -> None:
    blocks(tmp_path, [*CARDS, ("Odd", "")], "a.txt")
    blocks(tmp_path, CARDS[:2], "b.txt")
    seen: list[object] = []
    with pytest.raises(SourceError, match=r"a\.txt.*9 blocks"):
        seen.extend(page.named(str(tmp_path)).fetch())
    assert len(seen) == 2


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="contains no saved page"):
        list(page.named(str(tmp_path)).fetch())


def test_near_names_stay_apart(tmp_path: Path) -> None:
    titles = ["TermSet", "TermSet+", "TermSet++", "Termset: one", "TAPE: Paper Embeddings", "TAPE: Position Embeddings"]
    found = documents(blocks(tmp_path, [(title, f"Text of {title}.") for title in titles]))
    assert [d.title for d in found] == titles
    assert len({d.title for d in found}) == len(titles)


def test_residue_is_made_readable_beside_the_raw_text(tmp_path: Path) -> None:
    known = ("Known Words", "Noise is injected into representations of images. In zero-shot and fine-tuned models.")
    raw = (
        r"We get 5\% (\textsc{Sheep}\faGithub~ https:// github.com/roe/sheep) with {\alpha} from images.In this the "
        r"``noise'' is in- jected in representa- tions, zero- shot, token- and word-level, multi- modal, e.Coli, ~65."
    )
    found = documents(blocks(tmp_path, [known, ("Sheep~(S+)", raw)]))[1]
    assert (found.title, found.readable_title) == ("Sheep~(S+)", "Sheep (S+)")
    assert found.text == raw
    assert found.readable_text == (
        "We get 5% (Sheep https://github.com/roe/sheep) with α from images. In this the “noise” is injected in "
        "representations, zero-shot, token- and word-level, multi- modal, e.Coli, ~65."
    )


def test_invalid_bytes_cost_their_card(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(b"Good\nA text.\nBad\nA caf\xe9.\n")
    good, bad = check_source(page.named(str(tmp_path / "page.txt")))
    assert isinstance(good, Document)
    assert isinstance(bad, BadRecord)
    assert bad.where == "page.txt:3"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(alphabet="ab \n\r\\{}$~`\0é", max_size=60).map(str.encode))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.txt"

    def read(data: bytes) -> list[object]:
        path.write_bytes(data)
        return list(page.named(str(path)).fetch())

    only_records_or_errors(read, data)
    only_records_or_errors(read, "\n\n".join(HEADER).encode() + data)


@pytest.mark.data
def test_the_four_saved_pages(seeds_dir: Path) -> None:
    counts = {"page-000.txt": 23, "page-001.txt": 228, "page-002.txt": 55, "page-003.txt": 31}
    stamps = {}
    for name, count in counts.items():
        found = documents(page.named(str(seeds_dir / "pages" / name)), least=count)
        assert [d.extra["ranks"][name] for d in found] == [*range(1, count + 1)]
        assert all(len(d.title) <= 174 and len(d.text) >= 427 for d in found)
        stamps[name] = found[0].extra.get("stamps", {}).get(name)
    assert stamps == {**dict.fromkeys(counts, "Mar 11"), "page-001.txt": None}


@pytest.mark.data
def test_the_folder_is_the_ledger(seeds_dir: Path) -> None:
    found = documents(page.named(str(seeds_dir / "pages")), least=289)
    with (seeds_dir / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ranks = {
        row["title"]: {f"page-{p}.txt": int(n) for p, n in (x.split("#") for x in row["pages"].split(";"))}
        for row in rows
    }
    assert {d.title: d.extra["ranks"] for d in found} == ranks
    assert len(found) == len({d.id for d in found}) == len({d.text for d in found}) == 289
    assert sum(len(d.extra["ranks"]) for d in found) == 337


@pytest.mark.data
def test_what_is_broken_on_the_real_pages_is_mended(seeds_dir: Path) -> None:
    text = "\n".join(d.shown_text for d in documents(page.named(str(seeds_dir / "pages"))))
    for residue in ("in- jected", "representa- tion", "https:// ", "images.In", "blue{", "\\", "``", "{\\alpha}"):
        assert residue not in text
    for kept in ("<EOS>", "<50", "[79]"):
        assert kept in text
