"""A digest as it would be: the same words as the mail, and nothing frozen, planned or sent."""

from __future__ import annotations

from datetime import UTC

from broadsheet.collection import Collection
from broadsheet.digest.preview import preview
from people_of_a_day import HEAD, MORNING, TODAY, Post, sent, subscriber


def test_of_whom_nothing_is_known_is_told_what_to_do(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", quiet="note")
    told = "Broadsheet does not know your interests yet, so none of the 12 new papers is in this digest. Save or vote"
    shown = preview(made, HEAD, TODAY, ada.number, now=MORNING, zone=UTC)
    assert told in " ".join(shown.text.split())
    post = Post()
    sent(made, post)
    assert post.got[0].text == shown.text
