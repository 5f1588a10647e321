"""Months of made papers, of which those about bridges are liked."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from broadsheet.core.types import Document

WORDS = ["bridge", "rope", "knot", "soup", "broth", "owl", "map", "tide"]
START = date(2025, 1, 1)


def made(days: int = 150, *, seed: int = 0, liked: float = 2.0) -> list[Document]:
    """Papers on three in four days; those about bridges are liked as much as ``liked`` says, by powers of two."""
    random = np.random.default_rng(seed)
    papers = []
    for back in range(days):
        day = START + timedelta(days=back)
        for place in range(2 if back % 4 == 3 else 7):
            words = random.choice(WORDS, size=3, replace=False)
            votes = int(2 ** (2 + liked * ("bridge" in words) + random.normal() * 0.5))
            papers.append(
                Document(
                    id=f"{day:%y%m.%d}{place:03d}", title=" ".join(words), listed=day, votes=votes, source="jsonl:made",
                    submitted=day - timedelta(days=int(random.integers(1, 4))), authors=(f"Ada {place}",),
                    extra={"submitted": f"{day}T0{random.integers(0, 9)}:00:00Z", "submitter": f"s{place % 3}"},
                )
            )  # fmt: skip
    return papers
