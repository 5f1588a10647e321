"""Five papers to search, and the last letters of the ids that come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from broadsheet.core.types import Results
from fakes import paper

CODE = {"code": "https://example.org/c"}
SEEN = "A car watches the road. Its camera finds lanes at night. Doctors are not involved."
READ = "A doctor reads charts. Charts are read by machines too."
PAPERS = [
    paper(1, "Cars that see", SEEN, authors=("Ana Lee",), venue="RoadConf", year=2021, votes=7, links=CODE),
    paper(2, "Doctors and data", READ, authors=("Bo Chen", "Ana Maria Lee"), submitted=date(2024, 5, 6), votes=2),
    paper(3, "Gardens", "Plants grow slowly in shade.", venue="RoadConf", announced=date(2024, 5, 7)),
    paper(
        4, "A study of wheels", "Wheels carry a car along the road and make noise.", listed=date(2023, 1, 1), votes=0
    ),
    paper(5, "Cars that see", "An older abstract about lanes with the same title.", year=2019),
]
PAPERS[0] = replace(PAPERS[0], categories=("cs.CV",))
PAPERS[1] = replace(PAPERS[1], categories=("cs.LG", "q-bio"), venue="MedConf")


def ids(results: Results) -> list[str]:
    return [r.document.id[-1] for r in results]
