"""What the Store keeps of people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.store import Store
from fakes import NOW, paper

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "store.db")
    store.papers.put([paper(i, f"Paper {i}") for i in range(5)], now=NOW)
    return store


def numbers(store: Store) -> list[int]:
    return list(store.papers.numbers([f"made:{i:03d}" for i in range(5)]).values())


def test_a_person_is_made_once_and_uses_up_an_invitation(store: Store) -> None:
    store.people.invite("ada@example.org", "editor", now=NOW)
    assert store.people.invited("ada@example.org") == "editor"
    ada = store.people.add("ada@example.org", "editor", now=NOW)
    assert store.people.add("ada@example.org", "reader", now=LATER) == ada
    assert (ada.role, ada.joined, store.people.invitations()) == ("editor", NOW, [])
    assert ada.may("reader")
    assert ada.may("editor")
    assert not ada.may("admin")


def test_the_single_reader_has_no_address_and_others_do_not_share_one(store: Store) -> None:
    assert store.people.sole() is None
    sole = store.people.add_sole(now=NOW)
    assert store.people.add_sole(now=LATER) == store.people.sole() == sole
    other = store.people.add("b@example.org", "reader", now=NOW)
    assert store.people.all() == [sole, other]
    assert not store.people.set_address(sole.number, "b@example.org")
    assert store.people.set_address(sole.number, "c@example.org")
    assert store.people.at("c@example.org") == store.people.sole()


def test_the_secret_lasts(store: Store, tmp_path: Path) -> None:
    secret = store.people.secret()
    assert len(secret) == 32
    assert Store.open(tmp_path / "store.db").people.secret() == secret


def test_sessions_end_by_time_by_one_and_everywhere(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    for name in ("one", "two", "three"):
        store.people.begin_session(name, ada.number, now=NOW, ends=LATER, browser="Firefox")
    assert store.people.session("one", now=NOW) == ada
    assert store.people.session("one", now=LATER) is None
    store.people.end_session("one")
    assert store.people.session("one", now=NOW) is None
    assert len(store.people.sessions(ada.number, now=NOW)) == 2
    assert store.people.end_sessions(ada.number) == 2
    assert store.people.session("two", now=NOW) is None


def test_a_link_works_once(store: Store) -> None:
    assert store.people.use_link("n", ends=LATER, now=NOW)
    assert not store.people.use_link("n", ends=LATER, now=NOW)


def test_tokens_are_their_owners(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW) for name in ("ada", "ben"))
    store.people.add_token("d", ada.number, "laptop", writes=False, now=NOW)
    assert store.people.token("d") == (ada, False)
    (token,) = store.people.tokens(ada.number)
    assert not store.people.remove_token(ben.number, token.number)
    assert store.people.remove_token(ada.number, token.number)
    assert store.people.token("d") is None


def test_marks_are_set_once_and_taken_back(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, three, *_ = numbers(store)
    assert store.reactions.mark("votes", ada, [one, two], now=NOW) == 2
    assert store.reactions.mark("votes", ada, [two], now=LATER) == 0
    store.reactions.mark("votes", ben, [two], now=LATER)
    assert store.reactions.marked("votes", ada) == [two, one]
    assert store.reactions.marked("votes", ada, [one, three]) == [one]
    assert store.reactions.ballots([one, two, three]) == {one: {ada}, two: {ada, ben}}
    assert store.reactions.unmark("votes", ada, [one, three]) == 1
    assert store.reactions.ballots([one]) == {}
    with pytest.raises(ValueError, match="no mark"):
        store.reactions.mark("documents", ada, [one], now=NOW)  # type: ignore[arg-type]


def test_a_deleted_paper_is_on_no_list_and_comes_back_with_its_marks(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, *_ = numbers(store)
    saved = store.lists.named(ada, "Saved", now=NOW)
    store.lists.save(ada, saved, [one], now=NOW)
    store.reactions.mark("votes", ada, [one], now=NOW)
    store.papers.delete(["made:000"], now=NOW)
    assert store.lists.saved(ada) == store.reactions.marked("votes", ada) == []
    store.papers.put([paper(0, "Paper 0")], now=NOW)
    assert store.lists.saved(ada) == store.reactions.marked("votes", ada) == [one]


def test_lists_belong_to_one_person(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    mine = store.lists.named(ada, "Plants", now=NOW)
    assert store.lists.named(ada, "Plants", now=LATER) == mine
    assert store.lists.save(ada, mine, [one, two, one], now=NOW) == 2
    assert store.lists.save(ben, mine, [one], now=NOW) == 0
    assert not store.lists.remove(ben, mine)
    assert not store.lists.rename(ben, mine, "Mine")
    other = store.lists.named(ada, "Seas", now=NOW)
    assert not store.lists.rename(ada, other, "Plants")
    store.lists.save(ada, other, [two], now=LATER)
    assert store.lists.saved(ada) == [two, one]
    assert store.lists.saved_in(ada, [one, two]) == {one: (mine,), two: (mine, other)}
    assert store.lists.unsave(ben, [two]) == 0
    assert store.lists.unsave(ada, [two], other) == 1
    assert [(each.name, each.papers) for each in store.lists.of(ada)] == [("Plants", 2), ("Seas", 0)]
    assert store.lists.remove(ada, mine)
    assert store.lists.saved(ada) == []


def test_standing_queries_and_authors(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    number = store.alerts.keep(ada, "lab", "agents for labs", without=["chemistry"], least="good", now=NOW)
    assert store.alerts.keep(ada, "lab", "robots for labs", without=[], least="strong", now=LATER) == number
    (query,) = store.alerts.of(ada)
    assert (query.text, query.without, query.least) == ("robots for labs", (), "strong")
    assert store.follows.add(ada, "Ada Blum", now=NOW)
    assert not store.follows.add(ada, "Ada Blum", now=NOW)
    assert store.follows.of(ada) == ["Ada Blum"]
    assert store.follows.remove(ada, "Ada Blum")
    assert store.alerts.remove(ada, number)


def test_notes_are_private_and_go_when_empty(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    store.reactions.write_note(ada, one, "read again", now=NOW)
    assert store.reactions.notes(ada) == {one: "read again"}
    assert store.reactions.notes(ada, [two]) == store.reactions.notes(ben) == {}
    store.reactions.write_note(ada, one, "", now=NOW)
    assert store.reactions.notes(ada) == {}


def test_comments_keep_their_place(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    store.people.set_name(ada, "Ada")
    one, two, *_ = numbers(store)
    first = store.comments.add(one, ada, "one", now=NOW)
    second = store.comments.add(one, ada, "two", now=NOW)
    store.comments.edit(first, "", now=LATER)
    store.comments.edit(second, "three", now=LATER)
    gone, kept = store.comments.on([one, two])
    assert (gone.text, gone.deleted, kept.text, kept.edited, kept.name) == ("", True, "three", LATER, "Ada")
    assert store.comments.counts([one, two]) == {one: 1}
    store.people.remove(ada)
    assert [(each.person, each.deleted) for each in store.comments.on([one])] == [(None, True)] * 2


def test_what_happened_to_papers(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, two, *_ = numbers(store)
    for name in ("a", "b"):
        store.lists.save(ada, store.lists.named(ada, name, now=NOW), [one], now=NOW)
    store.reactions.mark("votes", ada, [two], now=LATER)
    store.comments.edit(store.comments.add(two, ada, "x", now=NOW), "", now=NOW)
    found = {(each.number, each.kind, each.at) for each in store.reactions.happenings([one, two])}
    assert found == {(one, "saves", NOW), (two, "votes", LATER)}


def test_a_submission_is_kept_once_and_tried_again(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    first = store.desk.submit("2401.00001", ada, now=NOW)
    assert store.desk.submit("2401.00001", ada, now=LATER).id == first.id
    store.desk.settle(first.id, "failed", "offline", now=LATER)
    assert [each.said for each in store.desk.submissions("failed")] == ["offline"]
    assert store.desk.submit("2401.00001", ada, now=LATER).state == "queued"
    store.desk.settle(first.id, "found", "", now=LATER, number=numbers(store)[0])
    assert store.desk.submit("2401.00001", ada, now=LATER).state == "found"


def test_the_desk(store: Store) -> None:
    ada = store.people.add("ada@example.org", "editor", now=NOW).number
    one, two, *_ = numbers(store)
    store.desk.decide(one, "pick", ada, now=NOW)
    store.desk.decide(two, "hide", ada, now=NOW)
    store.desk.decide(two, None, ada, now=NOW)
    assert store.desk.decided([one, two]) == {one: "pick"}
    store.desk.write_line(NOW.date(), "A day of leaves.", ada, now=NOW)
    assert store.desk.line(NOW.date()) == "A day of leaves."
    store.desk.write_line(NOW.date(), "", ada, now=NOW)
    assert store.desk.line(NOW.date()) == ""


def test_a_person_goes_with_all_they_have(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, *_ = numbers(store)
    store.lists.save(ada, store.lists.named(ada, "Saved", now=NOW), [one], now=NOW)
    store.people.begin_session("s", ada, now=NOW, ends=LATER)
    store.people.add_token("t", ada, "x", writes=True, now=NOW)
    store.reactions.mark("declined", ada, [one], now=NOW)
    assert store.people.remove(ada)
    assert not store.people.remove(ada)
    assert store.people.session("s", now=NOW) is store.people.token("t") is None
    assert store.lists.saved(ada) == store.reactions.marked("declined", ada) == []
