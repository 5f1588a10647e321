"""The rows of the page of alerts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.collection import Collection
from broadsheet.store.alerts import SavedQuery
from broadsheet.web.alert_rows import LEVELS_OF_PAPERS, hears
from people_kit import site
from site_kit import NOW

HERBS = SavedQuery(3, "Herbs", "herbarium sheets", ("soup", "tea"), "good", NOW)


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        (HERBS, "Good matches or better for: herbarium sheets, not about soup; tea"),
        (replace(HERBS, without=(), least="strong"), "Strong matches for: herbarium sheets"),
        (replace(HERBS, without=(), least="0.4"), "Papers with a cosine of 0.4 or more to: herbarium sheets"),
    ],
)
def test_an_alert_says_what_it_hears(collection: Collection, alert: SavedQuery, words: str) -> None:
    assert hears(site(collection).state.site, alert) == words


def test_a_followed_paper_says_what_near_means(collection: Collection) -> None:
    here = site(collection).state.site
    (paper,) = collection.store.papers.newest(1)
    for least, words in LEVELS_OF_PAPERS.items():
        alert = replace(HERBS, text=f"like:{paper.id}", without=(), least=least)
        assert hears(here, alert) == f"Its new versions, and later papers {words}."
    cosine = hears(here, replace(HERBS, text=f"like:{paper.id}", least="0.5"))
    assert cosine.endswith("near it in meaning by a cosine of 0.5 or more, not about soup; tea.")
    gone = hears(here, replace(HERBS, text="like:made:gone", without=()))
    assert gone.endswith("The paper is no longer here.")
