"""The buttons under papers, and what they change."""

from __future__ import annotations

import re
from gzip import compress

import pytest

from broadsheet.collection import Collection
from broadsheet.web.reactions import router
from door_kit import addresses
from eels_kit import VOTES, button
from people_kit import OWN, browser, member, site
from site_kit import HOSTILE


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
    assert VOTES.format(61) in visitor.get("/").text, "the most of its copies, and one here"
    for act in ("unvote", "unsave", "unread", "undecline"):
        visitor.press("/act", **{act: id_})
    assert [button(visitor.get("/").text, act, id_) for act in ("vote", "save", "read", "decline")] == ["false"] * 4


def test_a_vote_for_a_copy_is_one_for_the_work(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    visitor.press("/act", vote="conf:1")
    assert button(visitor.get("/").text, "vote", "2610.00049") == "true"
    visitor.press("/act", vote="2610.00049")
    assert VOTES.format(61) in visitor.get("/paper/conf:1").text
    visitor.press("/act", unvote="2610.00049")
    assert button(visitor.get("/paper/conf:1").text, "vote", "conf:1") == "false"


def test_a_script_gets_the_new_row(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    headers = {**OWN, "accept": "application/json"}
    told = visitor.post("/act", data={"token": visitor.csrf, "vote": "bad:9"}, headers=headers).json()
    assert button(told["html"], "vote", "bad:9") == "true"
    assert VOTES.format(1).replace("votes", "vote") in told["html"]
    assert told["said"] == "Voted."
    assert told["html"].strip().startswith('<button class="vote"')
    refused = visitor.post("/act", data={"token": "x", "vote": "bad:9"}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize("fields", [{}, {"explode": "bad:9"}, {"vote": "no such"}, {"vote": ""}])
def test_an_unknown_act_gets_a_message(collection: Collection, fields: dict[str, str]) -> None:
    answer = browser(site(collection), member(collection)).press("/act", **fields)
    assert answer.status_code in (400, 404)


def test_strangers_see_counts_and_no_buttons(collection: Collection) -> None:
    app = site(collection)
    browser(app, member(collection)).press("/act", vote="2610.00048")
    stranger = browser(app)
    text = stranger.get("/").text
    assert VOTES.format(49) in text
    assert "data-act" not in text
    assert 'name="token"' not in text
    assert "Sign in</a> to vote" in stranger.get("/paper/2610.00048").text
    assert stranger.press("/act", vote="2610.00048").status_code == 401


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


def test_fifty_cards_stay_light(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    text = visitor.get("/day/2026-10-01").text
    assert text.count('data-act="vote"') == 50
    assert text.count('name="token"') == 1
    assert text.count('id="acts"') == 1
    assets = sum(
        len(compress(visitor.get(path).content)) for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    )
    assert len(compress(text.encode())) + assets < 150_000


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /act",
        "POST /act/{mark}",
        "POST /note",
        "POST /save",
    }


def test_a_note_is_saved_as_it_is_typed_and_only_so_often(collection: Collection) -> None:
    ada = member(collection)
    hers = browser(site(collection), ada)
    number = collection.store.papers.number("2610.00048")
    typed = {"token": hers.csrf, "paper": "2610.00048", "text": "Look again."}
    answer = hers.post("/note", data=typed, headers={"origin": "http://localhost", "accept": "application/json"})
    assert answer.json() == {"said": "Saved."}
    assert collection.store.reactions.notes(ada.number, [number]) == {number: "Look again."}
    assert hers.press("/note", paper="2610.00048", text="x" * 10_001).status_code == 400
    answers = [hers.press("/note", paper="2610.00048", text=str(place)).status_code for place in range(61)]
    assert 429 in answers
