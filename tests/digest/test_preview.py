"""A digest as it would be: the same words as the mail, and nothing frozen, planned or sent."""

from __future__ import annotations

from datetime import UTC

from broadsheet.collection import Collection
from broadsheet.digest.preview import preview
from broadsheet.store.archive_rows import TABLES
from people_of_a_day import HEAD, MORNING, TODAY, Post, likes, sent, subscriber


def test_of_whom_nothing_is_known_is_told_what_to_do(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", quiet="note")
    told = "Broadsheet does not know your interests yet, so none of the 12 new papers is in this digest. Save or vote"
    shown = preview(made, HEAD, TODAY, ada.number, now=MORNING, zone=UTC)
    assert told in " ".join(shown.text.split())
    post = Post()
    sent(made, post)
    assert post.got[0].text == shown.text


def test_a_preview_changes_nothing_and_is_what_is_sent_afterwards(made: Collection) -> None:
    ada = subscriber(made, "ada", least="weak")
    likes(made, ada, 0)

    def stored() -> list[object]:
        with made.store.reading() as db:
            return [db.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]

    made.store.people.secret()  # is made when it is first needed
    before = stored()
    own = preview(made, HEAD, TODAY, ada.number, now=MORNING, zone=UTC)
    general = preview(made, HEAD, TODAY, 0, now=MORNING, zone=UTC)
    assert stored() == before
    assert own.to == ada.address
    assert own.text != general.text
    post = Post()
    assert sent(made, post) == {"sent": 1}
    assert post.got[0].text == own.text
    assert preview(made, HEAD, TODAY, ada.number, now=MORNING, zone=UTC).text == own.text, "now of what is frozen"
