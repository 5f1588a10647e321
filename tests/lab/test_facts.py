"""What is known of a paper when a day lists it, as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from broadsheet.lab.facts import NAMES, listing_facts
from lab_kit import made


def test_facts_know_earlier_days_alone() -> None:
    papers = made(10)
    days = [paper.listed for paper in papers]
    votes = np.array([float(paper.votes or 0) for paper in papers])
    facts = listing_facts(papers, votes, days)
    assert facts.shape == (len(papers), len(NAMES))
    later = votes.copy()
    later[-7:] = later[-7:][::-1] * 3  # the votes of the last day are in nobody's past
    assert np.array_equal(listing_facts(papers, later, days), facts)
    starred = [replace(paper, extra={**paper.extra, "github_stars": 9}, comments=7) for paper in papers]
    assert np.array_equal(listing_facts(starred, votes, days), facts)
    assert facts[:7, NAMES.index("submitter's past")].tolist() == [0] * 7
    assert facts[-1, NAMES.index("submitter's papers")] > 0
