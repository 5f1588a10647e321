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
    store.put([paper(i, f"Paper {i}") for i in range(5)], now=NOW)
    return store


def numbers(store: Store) -> list[int]:
    return list(store.numbers([f"made:{i:03d}" for i in range(5)]).values())


def test_a_person_is_made_once_and_uses_up_an_invitation(store: Store) -> None:
    store.invite("ada@example.org", "editor", now=NOW)
    assert store.invited("ada@example.org") == "editor"
    ada = store.add_person("ada@example.org", "editor", now=NOW)
    assert store.add_person("ada@example.org", "reader", now=LATER) == ada
    assert (ada.role, ada.joined, store.invitations()) == ("editor", NOW, [])
    assert ada.may("reader")
    assert ada.may("editor")
    assert not ada.may("admin")


def test_the_single_reader_has_no_address_and_others_do_not_share_one(store: Store) -> None:
    assert store.sole_person() is None
    sole = store.add_sole_person(now=NOW)
    assert store.add_sole_person(now=LATER) == store.sole_person() == sole
    other = store.add_person("b@example.org", "reader", now=NOW)
    assert store.people() == [sole, other]
    assert not store.set_address(sole.number, "b@example.org")
    assert store.set_address(sole.number, "c@example.org")
    assert store.person_at("c@example.org") == store.sole_person()


def test_the_secret_lasts(store: Store, tmp_path: Path) -> None:
    secret = store.secret()
    assert len(secret) == 32
    assert Store.open(tmp_path / "store.db").secret() == secret


def test_sessions_end_by_time_by_one_and_everywhere(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW)
    for name in ("one", "two", "three"):
        store.begin_session(name, ada.number, now=NOW, ends=LATER, browser="Firefox")
    assert store.session("one", now=NOW) == ada
    assert store.session("one", now=LATER) is None
    store.end_session("one")
    assert store.session("one", now=NOW) is None
    assert len(store.sessions(ada.number, now=NOW)) == 2
    assert store.end_sessions(ada.number) == 2
    assert store.session("two", now=NOW) is None


def test_a_link_works_once(store: Store) -> None:
    assert store.use_link("n", ends=LATER, now=NOW)
    assert not store.use_link("n", ends=LATER, now=NOW)


def test_tokens_are_their_owners(store: Store) -> None:
    ada, ben = (store.add_person(f"{name}@example.org", "reader", now=NOW) for name in ("ada", "ben"))
    store.add_token("d", ada.number, "laptop", writes=False, now=NOW)
    assert store.token("d") == (ada, False)
    (token,) = store.tokens(ada.number)
    assert not store.remove_token(ben.number, token.number)
    assert store.remove_token(ada.number, token.number)
    assert store.token("d") is None


def test_marks_are_set_once_and_taken_back(store: Store) -> None:
    ada, ben = (store.add_person(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, three, *_ = numbers(store)
    assert store.mark("votes", ada, [one, two], now=NOW) == 2
    assert store.mark("votes", ada, [two], now=LATER) == 0
    store.mark("votes", ben, [two], now=LATER)
    assert store.marked("votes", ada) == [two, one]
    assert store.marked("votes", ada, [one, three]) == [one]
    assert store.ballots([one, two, three]) == {one: {ada}, two: {ada, ben}}
    assert store.unmark("votes", ada, [one, three]) == 1
    assert store.ballots([one]) == {}
    with pytest.raises(ValueError, match="no mark"):
        store.mark("documents", ada, [one], now=NOW)  # type: ignore[arg-type]


def test_a_deleted_paper_is_on_no_list_and_comes_back_with_its_marks(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW).number
    one, *_ = numbers(store)
    saved = store.list_named(ada, "Saved", now=NOW)
    store.save(ada, saved, [one], now=NOW)
    store.mark("votes", ada, [one], now=NOW)
    store.delete(["made:000"], now=NOW)
    assert store.saved(ada) == store.marked("votes", ada) == []
    store.put([paper(0, "Paper 0")], now=NOW)
    assert store.saved(ada) == store.marked("votes", ada) == [one]


def test_lists_belong_to_one_person(store: Store) -> None:
    ada, ben = (store.add_person(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    mine = store.list_named(ada, "Plants", now=NOW)
    assert store.list_named(ada, "Plants", now=LATER) == mine
    assert store.save(ada, mine, [one, two, one], now=NOW) == 2
    assert store.save(ben, mine, [one], now=NOW) == 0
    assert not store.remove_list(ben, mine)
    assert not store.rename_list(ben, mine, "Mine")
    other = store.list_named(ada, "Seas", now=NOW)
    assert not store.rename_list(ada, other, "Plants")
    store.save(ada, other, [two], now=LATER)
    assert store.saved(ada) == [two, one]
    assert store.saved_in(ada, [one, two]) == {one: (mine,), two: (mine, other)}
    assert store.unsave(ben, [two]) == 0
    assert store.unsave(ada, [two], other) == 1
    assert [(each.name, each.papers) for each in store.lists(ada)] == [("Plants", 2), ("Seas", 0)]
    assert store.remove_list(ada, mine)
    assert store.saved(ada) == []


def test_standing_queries_and_authors(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW).number
    number = store.keep_query(ada, "lab", "agents for labs", without=["chemistry"], least="good", now=NOW)
    assert store.keep_query(ada, "lab", "robots for labs", without=[], least="strong", now=LATER) == number
    (query,) = store.queries(ada)
    assert (query.text, query.without, query.least) == ("robots for labs", (), "strong")
    assert store.follow(ada, "Ada Blum", now=NOW)
    assert not store.follow(ada, "Ada Blum", now=NOW)
    assert store.followed(ada) == ["Ada Blum"]
    assert store.unfollow(ada, "Ada Blum")
    assert store.remove_query(ada, number)


def test_notes_are_private_and_go_when_empty(store: Store) -> None:
    ada, ben = (store.add_person(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    store.write_note(ada, one, "read again", now=NOW)
    assert store.notes(ada) == {one: "read again"}
    assert store.notes(ada, [two]) == store.notes(ben) == {}
    store.write_note(ada, one, "", now=NOW)
    assert store.notes(ada) == {}


def test_comments_keep_their_place(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW).number
    store.set_name(ada, "Ada")
    one, two, *_ = numbers(store)
    first = store.add_comment(one, ada, "one", now=NOW)
    second = store.add_comment(one, ada, "two", now=NOW)
    store.edit_comment(first, "", now=LATER)
    store.edit_comment(second, "three", now=LATER)
    gone, kept = store.comments([one, two])
    assert (gone.text, gone.deleted, kept.text, kept.edited, kept.name) == ("", True, "three", LATER, "Ada")
    assert store.comment_counts([one, two]) == {one: 1}
    store.remove_person(ada)
    assert [(each.person, each.deleted) for each in store.comments([one])] == [(None, True)] * 2


def test_what_happened_to_papers(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW).number
    one, two, *_ = numbers(store)
    for name in ("a", "b"):
        store.save(ada, store.list_named(ada, name, now=NOW), [one], now=NOW)
    store.mark("votes", ada, [two], now=LATER)
    store.edit_comment(store.add_comment(two, ada, "x", now=NOW), "", now=NOW)
    found = {(each.number, each.kind, each.at) for each in store.happenings([one, two])}
    assert found == {(one, "saves", NOW), (two, "votes", LATER)}
    assert store.happened_since(LATER) == [two]


def test_a_submission_is_kept_once_and_tried_again(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW).number
    first = store.submit("2401.00001", ada, now=NOW)
    assert store.submit("2401.00001", ada, now=LATER).id == first.id
    store.settle(first.id, "failed", "offline", now=LATER)
    assert [each.said for each in store.submissions("failed")] == ["offline"]
    assert store.submit("2401.00001", ada, now=LATER).state == "queued"
    store.settle(first.id, "found", "", now=LATER, number=numbers(store)[0])
    assert store.submit("2401.00001", ada, now=LATER).state == "found"


def test_the_desk(store: Store) -> None:
    ada = store.add_person("ada@example.org", "editor", now=NOW).number
    one, two, *_ = numbers(store)
    store.decide(one, "pick", ada, now=NOW)
    store.decide(two, "hide", ada, now=NOW)
    store.decide(two, None, ada, now=NOW)
    assert store.decided([one, two]) == {one: "pick"}
    store.write_line(NOW.date(), "A day of leaves.", ada, now=NOW)
    assert store.line(NOW.date()) == "A day of leaves."
    store.write_line(NOW.date(), "", ada, now=NOW)
    assert store.line(NOW.date()) == ""


def test_a_person_goes_with_all_they_have(store: Store) -> None:
    ada = store.add_person("ada@example.org", "reader", now=NOW).number
    one, *_ = numbers(store)
    store.save(ada, store.list_named(ada, "Saved", now=NOW), [one], now=NOW)
    store.begin_session("s", ada, now=NOW, ends=LATER)
    store.add_token("t", ada, "x", writes=True, now=NOW)
    store.mark("declined", ada, [one], now=NOW)
    assert store.remove_person(ada)
    assert not store.remove_person(ada)
    assert store.session("s", now=NOW) is store.token("t") is None
    assert store.saved(ada) == store.marked("declined", ada) == []
