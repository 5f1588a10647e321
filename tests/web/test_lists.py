"""The library as pages: lists, states, notes, and search within saved papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.people.account import feed_key
from broadsheet.web.lists import router
from copies_kit import COPY, PAPER, copies
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import HOSTILE, NOW, made

HERB = "2401.00001"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def test_saved_papers_are_in_lists_with_counts_and_the_note(collection: Collection, ada: Browser) -> None:
    assert "You have not saved any papers yet" in ada.get("/lists").text
    ada.press("/save", paper=HERB, name="Plants & <b>leaves</b>")
    ada.press("/save", paper="fill:03")
    ada.press("/note", paper=HERB, text="look again at <script>figure 3</script>")
    page = ada.get("/lists").text
    assert "Plants &amp; &lt;b&gt;leaves&lt;/b&gt;" in page
    assert '1<span class="unseen"> paper</span>' in page
    assert "look again at &lt;script&gt;" in page
    assert page.index("Filler Study Number 3 ") < page.index("Sorting Herbarium Sheets")  # newest save first
    number = next(each.number for each in collection.store.lists.of(1) if each.name.startswith("Plants"))
    own = ada.get(f"/lists/{number}").text
    assert "Sorting Herbarium" in own
    assert "Filler Study" not in own
    ada.press("/save", paper=HERB, outof=number, next=f"/lists/{number}")
    assert "This list is empty" in ada.get(f"/lists/{number}").text


def test_a_list_is_made_renamed_and_deleted(collection: Collection, ada: Browser) -> None:
    made_ = ada.press("/lists", name=" To  read ").headers["location"]
    again = ada.press("/lists", name="To  read")
    assert again.status_code == 200
    assert "You already have a list called “To read”" in again.text
    assert f'href="{made_}"' in again.text.partition('role="alert"')[2]
    assert ada.press("/lists", name="Other").status_code == 303
    assert "You have another list with this name" in ada.press(f"{made_}/rename", name="Other").text
    assert "The name is empty" in ada.press(f"{made_}/rename", name="  ").text
    assert "The name is empty" in ada.press("/lists", name="\u202e").text
    ada.press(f"{made_}/rename", name="Read soon")
    assert [each.name for each in collection.store.lists.of(1)] == ["Other", "Read soon"]
    assert ada.press(f"{made_}/delete").headers["location"].startswith("/lists?removed=")
    assert ada.get(made_).status_code == 404


def test_a_deleted_list_can_be_restored_once_and_by_its_owner(collection: Collection, ada: Browser) -> None:
    ada.press("/save", paper=HERB, name="Plants")
    (plants,) = collection.store.lists.of(1)
    where = f"/lists/{plants.number}"
    page = ada.get(ada.press(f"{where}/delete").headers["location"]).text
    assert "The list “<bdi>Plants</bdi>” was deleted." in page
    assert f'action="{where}/restore"' in page
    assert "was deleted" not in ada.get("/lists").text
    ben = browser(site(collection), member(collection, address="ben@example.org"))
    assert ben.press(f"{where}/restore").status_code == 404
    ada.press("/lists", name="Plants")
    assert "You have another list with this name" in ada.press(f"{where}/restore").text
    (other,) = collection.store.lists.of(1)
    ada.press(f"/lists/{other.number}/rename", name="Herbs")
    assert ada.press(f"{where}/restore").headers["location"] == where
    assert "Sorting Herbarium Sheets" in ada.get(where).text
    assert ada.press(f"{where}/restore").status_code == 404


def test_notes_are_searched_and_every_state_is_a_file(collection: Collection, ada: Browser) -> None:
    ada.press("/note", paper="fill:07", text="Ask Ada about the moon phases")
    ada.press("/act/read", paper=HERB)
    page = ada.get("/lists?q=MOON+phas").text
    assert "Number 7 " in page.partition("Your notes with")[2].partition("Saved papers for")[0]
    assert "Your notes with" not in ada.get("/lists?q=sun").text
    assert "Sorting Herbarium Sheets" in ada.get("/lists.bib?show=read").text
    assert "Filler Study Number 7" in ada.get("/lists.ris?show=notes").text
    assert "Filler" not in ada.get("/lists.csv?show=voted").text
    page = ada.get("/lists?show=read").text
    for form in ("bib", "ris", "csl", "csv", "rdf"):
        assert f'href="/lists.{form}?show=read"' in page
        assert f'href="/lists.{form}?show=declined"' in page
    for name in ("All I saved", "For you"):
        assert name in page.partition("Private feeds")[2]


def test_no_one_sees_or_changes_another_readers_list(collection: Collection, ada: Browser) -> None:
    where = ada.press("/lists", name="Mine").headers["location"]
    ben = browser(site(collection), member(collection, address="ben@example.org"))
    for answer in (
        ben.get(where), ben.get(f"{where}.bib"), ben.press(f"{where}/delete"), ben.press(f"{where}/rename", name="x")
    ):  # fmt: skip
        assert answer.status_code == 404
    assert [each.name for each in collection.store.lists.of(1)] == ["Mine"]
    assert ben.get("/lists/99999999999999999999").status_code == 422


def test_searching_within_what_was_saved(collection: Collection, ada: Browser) -> None:
    ada.press("/save", paper=HERB, name="Plants")
    ada.press("/save", paper="fill:03", name="Tides")
    page = ada.get("/lists?q=tide+tables+of+a+harbour").text
    found = page[page.index("Saved papers for") :]
    assert "Filler Study Number 3 " in found
    assert "Filler Study Number 4 " not in found
    assert ">Tides</bdi>" in found
    assert "why it is here" in found
    plants = next(each.number for each in collection.store.lists.of(1) if each.name == "Plants")
    assert "Filler Study" not in ada.get(f"/lists/{plants}?q=tide+tables").text
    assert ada.get("/lists", params={"q": HOSTILE}).status_code == 200
    assert "<script>alert" not in ada.get("/lists", params={"q": HOSTILE}).text
    empty = browser(site(collection), member(collection, "editor")).get("/lists?q=x").text
    assert "You have not saved any papers yet" in empty


def test_before_the_first_sync_a_search_says_so(tmp_path: Path) -> None:
    with made(tmp_path / "bare", synced=False) as bare:
        ada = browser(site(bare), member(bare))
        ada.press("/save", paper=HERB)
        assert "sync" in ada.get("/lists?q=leaf").text.partition("Saved papers for")[2]


def test_papers_by_state(collection: Collection, ada: Browser) -> None:
    ada.press("/save", paper=HERB)
    ada.press("/save", paper="fill:03")
    ada.press("/act/read", paper=HERB)
    ada.press("/act/decline", paper="fill:05")
    ada.press("/act/vote", paper="fill:06")
    ada.press("/note", paper="fill:07", text="a note")
    shown = {
        state: ada.get(f"/lists?show={state}").text.partition("<h2 class=")[2]
        for state in ("unread", "read", "declined", "voted", "notes")
    }
    holds = {
        "unread": "Number 3 ",
        "read": "Herbarium",
        "declined": "Number 5 ",
        "voted": "Number 6 ",
        "notes": "er 7 ",
    }
    for state, page in shown.items():
        assert [word for word in holds.values() if word in page] == [holds[state]], state
    assert 'name="undecline"' in shown["declined"]
    assert ada.get("/lists?show=nonsense").status_code == 422


def test_hostile_papers_are_shown_escaped(ada: Browser) -> None:
    for paper in ("bad:1", "bad:2"):
        ada.press("/save", paper=paper)
    page = ada.get("/lists").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "javascript:" not in page


def test_a_list_as_a_file(collection: Collection, ada: Browser) -> None:
    ada.press("/save", paper=HERB, name="Plants")
    where = f"/lists/{collection.store.lists.of(1)[0].number}"
    bib = ada.get(f"{where}.bib")
    assert "@article{blum2026sorting" in bib.text
    assert 'filename="broadsheet-plants.bib"' in bib.headers["content-disposition"]
    assert ada.get(f"{where}.bib", headers={"if-none-match": bib.headers["etag"]}).status_code == 304
    for form in ("ris", "csv", "rdf", "atom", "rss", "json"):
        assert "Herbarium" in ada.get(f"{where}.{form}").text, form
        assert "Herbarium" in ada.get(f"/lists.{form}").text, form
    assert ada.get(f"{where}.exe").status_code == 404
    assert feed_key(collection.store, collection.store.people.all()[0]) not in bib.text


def test_long_lists_have_parts(collection: Collection, ada: Browser) -> None:
    store = collection.store
    number = store.lists.named(1, "Many", now=NOW)
    store.lists.save(1, number, list(store.papers.numbers([f"fill:{i:02}" for i in range(30)]).values()), now=NOW)
    first, second = ada.get("/lists").text, ada.get("/lists?show=all&offset=20").text
    assert first.count("<article") == 20
    assert second.count("<article") == 10
    assert "/lists?show=all&amp;offset=20" in first
    assert ada.get(f"/lists/{number}?offset=20").text.count("<article") == 10
    assert "past the end of the list" in ada.get("/lists?offset=500").text


def test_the_single_reader_needs_no_account(collection: Collection) -> None:
    reader = browser(site(collection, people="single"))
    reader.press("/save", paper=HERB)
    assert "Sorting Herbarium" in reader.get("/lists").text


@pytest.mark.parametrize("fields", [{"outof": 1}, {"undo": "yes", "list": 1}, {"undo": "yes"}])
def test_a_paper_comes_out_of_lists_by_the_works_other_copy(tmp_path: Path, fields: dict[str, object]) -> None:
    with copies(tmp_path / "copies") as collection:
        person = member(collection)
        reader = browser(site(collection), person)
        reader.press("/save", paper=PAPER.id, name="Herbs")
        assert [each.number for each in collection.store.lists.of(person.number)] == [1]
        reader.press("/save", paper=COPY.id, **fields)
        assert collection.store.lists.saved(person.number) == []


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /lists",
        "POST /lists",
        "GET /lists.{form}",
        "GET /lists/{number}",
        "GET /lists/{number}.{form}",
        "POST /lists/{number}/delete",
        "POST /lists/{number}/rename",
        "POST /lists/{number}/restore",
    }
