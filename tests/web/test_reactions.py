"""What readers do with papers on the pages: buttons beside them, marks, what came since the last visit, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.web.marks import COOKIE as VISITS
from broadsheet.web.reactions import router
from door_kit import addresses
from people_kit import OWN, Clock, browser, member, site
from site_kit import HOSTILE, NOW, PAPERS, Given, made

DAY = date(2026, 10, 1)
EELS = tuple(
    Document(id=f"2610.{n:05}", title=f"Eels in Ditch {n}", text="Eels are counted. " * 60, authors=("Al Eel",) * 3,
             listed=DAY, votes=n, categories=("cs.SD",), venue="EELS", links={"code": "https://example.org/c"},
             source="hf:daily")
    for n in range(50)
)  # fmt: skip
TWIN = Document(id="conf:1", title="Eels in Ditch 49", authors=("Al Eel",) * 3, year=2026, votes=60, source="csv:c")
BAD = Document(id="bad:9", title=HOSTILE, listed=DAY, source="jsonl:bad", text=HOSTILE)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", (*PAPERS, *EELS, TWIN, BAD), synced=False) as collection:
        yield collection


def button(text: str, act: str, id_: str) -> str:
    """The pressed state of a button beside a paper."""
    found = re.search(rf'name="(?:un)?{act}" value="{re.escape(id_)}" data-act="{act}" aria-pressed="(\w+)"', text)
    assert found, f"no {act} for {id_}"
    return found[1]


def test_a_press_shows_on_every_page_and_can_be_taken_back(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    id_ = "2610.00049"
    assert button(visitor.get("/").text, "vote", id_) == "false"
    for act in ("vote", "save", "read", "decline"):
        answer = visitor.press("/act", "/", **{act: id_}, next="/day/2026-10-01")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/day/2026-10-01#acts-{id_}")
    assert f'id="acts-{id_}"' in visitor.get("/day/2026-10-01").text
    for page in ("/", "/day/2026-10-01", f"/paper/{id_}"):
        assert [button(visitor.get(page).text, act, id_) for act in ("vote", "save", "read", "decline")] == ["true"] * 4
    assert "61 votes" in visitor.get("/").text, "the most of its copies, and one here"
    for act in ("unvote", "unsave", "unread", "undecline"):
        visitor.press("/act", **{act: id_})
    assert [button(visitor.get("/").text, act, id_) for act in ("vote", "save", "read", "decline")] == ["false"] * 4


def test_a_vote_for_a_copy_is_one_for_the_work(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    visitor.press("/act", vote="conf:1")
    assert button(visitor.get("/").text, "vote", "2610.00049") == "true"
    visitor.press("/act", vote="2610.00049")
    assert "61 votes" in visitor.get("/paper/conf:1").text
    visitor.press("/act", unvote="2610.00049")
    assert button(visitor.get("/paper/conf:1").text, "vote", "conf:1") == "false"


def test_a_script_gets_the_row_anew(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    headers = {**OWN, "accept": "application/json"}
    told = visitor.post("/act", data={"token": visitor.csrf, "vote": "bad:9"}, headers=headers).json()
    assert button(told["html"], "vote", "bad:9") == "true"
    assert "1 vote<" in told["html"]
    assert told["said"] == "Voted."
    assert told["html"].strip().startswith('<p class="acts')
    refused = visitor.post("/act", data={"token": "x", "vote": "bad:9"}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize("fields", [{}, {"explode": "bad:9"}, {"vote": "no such"}, {"vote": ""}])
def test_what_is_no_act_is_said(collection: Collection, fields: dict[str, str]) -> None:
    answer = browser(site(collection), member(collection)).press("/act", **fields)
    assert answer.status_code in (400, 404)


def test_strangers_see_counts_and_no_buttons(collection: Collection) -> None:
    app = site(collection)
    browser(app, member(collection)).press("/act", vote="2610.00048")
    stranger = browser(app)
    text = stranger.get("/").text
    assert "49 votes" in text
    assert "data-act" not in text
    assert 'name="token"' not in text
    assert "Sign in</a> to vote" in stranger.get("/paper/2610.00048").text
    assert stranger.press("/act", vote="2610.00048").status_code == 401


def test_nobody_sees_the_marks_of_others(collection: Collection) -> None:
    app = site(collection)
    ada, ben = member(collection), member(collection, address="ben@example.org")
    hers = browser(app, ada)
    for act in ("vote", "save", "read", "decline"):
        hers.press("/act", **{act: "2610.00048"})
    hers.press("/note", paper="2610.00048", text="my own thought")
    text = browser(app, ben).get("/paper/2610.00048").text
    assert "my own thought" not in text
    assert [button(text, act, "2610.00048") for act in ("vote", "save", "read", "decline")] == ["false"] * 4


def test_the_single_reader_acts_without_signing_in(collection: Collection) -> None:
    visitor = browser(site(collection, people="single"))
    visitor.press("/act", "/", vote="2610.00048")
    assert button(visitor.get("/").text, "vote", "2610.00048") == "true"


def test_lists_and_note_on_a_papers_page(collection: Collection) -> None:
    ada = member(collection)
    visitor, store, paper = browser(site(collection), ada), collection.store, "2610.00048"
    assert visitor.press("/save", paper=paper, name=HOSTILE).status_code == 400, "it holds what cannot be seen"
    visitor.press("/save", paper=paper, name=HOSTILE.replace("\u202e", ""))
    visitor.press("/save", paper=paper, name="Ponds")
    text = visitor.get(f"/paper/{paper}").text
    assert "<script>alert" not in text
    assert "Saved in 2 lists" in text
    ponds = next(each.number for each in store.lists.of(ada.number) if each.name == "Ponds")
    assert f'name="outof" value="{ponds}" aria-pressed="true"' in text
    visitor.press("/save", paper=paper, outof=ponds)
    assert len(store.lists.saved_in(ada.number, [store.papers.number(paper)])[store.papers.number(paper)]) == 1
    visitor.press("/save", paper=paper, into=ponds)
    assert len(store.lists.saved(ada.number, ponds)) == 1
    ben = member(collection, address="ben@example.org")
    assert browser(site(collection), ben).press("/save", paper=paper, into=ponds).status_code == 404
    visitor.press("/note", paper=paper, text="<b>see</b> table 2")
    assert "&lt;b&gt;see&lt;/b&gt; table 2</textarea>" in visitor.get(f"/paper/{paper}").text
    visitor.press("/note", paper=paper, text="")
    assert store.reactions.notes(ada.number) == {}


def test_reading_changes_nothing(collection: Collection) -> None:
    ada = member(collection)
    visitor = browser(site(collection), ada)
    before = collection.store.archive.belongings(ada.number)
    for page in ("/", "/paper/2610.00048", "/newest", "/submit", "/account"):
        assert visitor.get(page).status_code == 200
    assert collection.store.archive.belongings(ada.number) == before


def test_new_is_what_came_after_the_visit_before(collection: Collection) -> None:
    clock = Clock()
    visitor = browser(site(collection, clock))
    new = '<li class="standing">new</li>'
    assert new not in visitor.get("/").text, "on a first visit nothing is old"
    late = Document(id="2610.90000", title="A Late Eel", listed=DAY, votes=99, source="hf:daily")
    ingest(collection, Given([late]), now=NOW)
    assert new not in visitor.get("/day/2026-09-30").text
    clock.pass_(timedelta(hours=10))
    text = visitor.get("/").text
    assert text.count(new) == 0, "what was there at the last look of the visit before is not new"
    later = Document(id="2610.90001", title="A Later Eel", listed=DAY, votes=98, source="hf:daily")
    ingest(collection, Given([later]), now=NOW)
    clock.pass_(timedelta(hours=10))
    assert visitor.get("/").text.count(new) == 1
    assert visitor.get("/").text.count(new) == 1, "it stays new for the whole visit"
    clock.pass_(timedelta(hours=10))
    assert visitor.get("/").text.count(new) == 0


@pytest.mark.parametrize("cookie", ["", "x", "1.2", "1.2.3.4", "-1.2.3", "9" * 70, "1.2.99999999999999", "²..3"])
def test_a_cookie_of_somebody_elses_making_does_no_harm(collection: Collection, cookie: str) -> None:
    visitor = browser(site(collection))
    answer = visitor.get("/", headers={"cookie": f"{VISITS}={cookie}".encode("latin-1", "replace")})
    assert answer.status_code == 200


def test_fifty_cards_stay_light(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    text = visitor.get("/day/2026-10-01").text
    assert text.count('data-act="vote"') == 50
    assert text.count('name="token"') == 1
    assert text.count('id="acts"') == 1
    assets = sum(len(visitor.get(path).content) for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    assert len(text.encode()) + assets < 150_000


def test_comments_are_written_edited_and_deleted(collection: Collection) -> None:
    ada, ben = member(collection), member(collection, address="ben@example.org")
    app = site(collection)
    hers, his, editors = browser(app, ada), browser(app, ben), browser(app, member(collection, "editor"))
    collection.store.people.set_name(ada.number, "Ada <b>")
    page = "/paper/2610.00048"
    where = hers.press("/comments", paper="2610.00048", text="**Bold** <script>x</script> $a_1$")
    assert where.headers["location"] == f"{page}#comment-1"
    his.press("/comments", paper="2610.00048", text="Second")
    text = his.get(page).text
    assert "<strong>Bold</strong> &lt;script&gt;x&lt;/script&gt; $a_1$" in text
    assert "Ada &lt;b&gt;" in text
    assert "ada@" not in text
    assert text.index("Bold") < text.index("Second")
    assert "2 comments" in his.get("/").text
    assert "/comments/1" not in text, "what is not one's own cannot be changed"
    for path in ("/comments/1", "/comments/1/delete"):
        assert his.press(path, text="hijacked").status_code == 404
    hers.press("/comments/1", text="*Edited*", next=page)
    text = hers.get(page).text
    assert "<em>Edited</em>" in text
    assert "(edited)" in text
    assert editors.press("/comments/1", text="no").status_code == 404, "an editor deletes, and rewrites nothing"
    assert editors.press("/comments/2/delete", next=page).headers["location"] == f"{page}#comments"
    assert "Second" not in hers.get(page).text
    assert hers.press("/comments/2/delete").status_code == 404
    assert "1 comment<" in hers.get("/").text


@pytest.mark.parametrize("text", ["", " \n", "x" * 5_001, "> " * 40 + "x", "x" * 60_000])
def test_what_is_no_comment_is_refused(collection: Collection, text: str) -> None:
    visitor = browser(site(collection), member(collection))
    assert visitor.press("/comments", paper="2610.00048", text=text).status_code == 400
    assert collection.store.comments.on([collection.store.papers.number("2610.00048")]) == []


def test_a_writer_who_went_leaves_nothing_but_the_talk_of_others(collection: Collection) -> None:
    ada = member(collection)
    app = site(collection)
    browser(app, ada).press("/comments", paper="2610.00048", text="Gone soon")
    collection.store.people.remove(ada.number)
    assert "Gone soon" not in browser(app).get("/paper/2610.00048").text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /act",
        "POST /act/{mark}",
        "POST /note",
        "POST /save",
    }
