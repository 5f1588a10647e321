"""References as text: the examples that the APA and the IEEE publish, and what is not in them."""

from __future__ import annotations

from datetime import date

import pytest

from broadsheet.core.types import Document, Name
from broadsheet.exports.reference import apa, ieee


def paper(title: str, authors: str = "", **known: object) -> Document:
    names = tuple(name for name in authors.split("; ") if name)
    return Document(id=str(known.pop("id", "x")), title=title, authors=names, **known)  # type: ignore[arg-type]


STORYBOOKS = paper(
    "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United States",
    "Jessica S. Grady; May Her; Geena Moreno; Carolina Perez; Jacqueline Yelinek",
    id="10.1037/ppm0000185", venue="Psychology of Popular Media Culture", kind="article", year=2019,
    extra={"volume": "8", "number": "3", "pages": "207--217"},
)  # fmt: skip
BOOK = paper(
    "The psychology of prejudice: From attitudes to social action", "Lynne M. Jackson", id="10.1037/0000168-000",
    kind="book", year=2019, extra={"edition": "2", "publisher": "American Psychological Association"},
)  # fmt: skip
PREDICTORS = paper(
    "Cognitive and noncognitive predictors of success",
    "Angela L. Duckworth; Abigail Quirk; Robert Gallop; Rick H. Hoyle; Dennis R. Kelly; Michael D. Matthews",
    id="10.1073/pnas.1910510116", venue="Proceedings of the National Academy of Sciences, USA", kind="article",
    year=2019, extra={"volume": "116", "number": "47", "pages": "23499-23504"},
)  # fmt: skip
CHAPTER = paper(
    "Embedding digital literacies in curricula: Australian and Malaysian experiences",
    "Roger Morgan; Kerri Meldrum; Sharon Bryan; Ann A. Ziden", id="10.1007/978-981-10-4241-6_2", year=2017,
    venue="Empowering 21st century learners", kind="inproceedings",
    extra={"pages": "11--19", "publisher": "Springer", "editor": ["G. B. Teh", "S. C. Choy"]},
)  # fmt: skip
THESIS = paper(
    "Resistance to authority", "Matthew M. Hollander", kind="thesis", year=2017,
    extra={"institution": "University of Wisconsin–Madison"},
)  # fmt: skip
ATTENTION = paper(
    "Attention Is All You Need", "Ashish Vaswani; Noam Shazeer", id="1706.03762", submitted=date(2017, 6, 12)
)


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (STORYBOOKS, "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in storybooks: A "
         "comparison of storybooks that represent ethnic and racial groups in the United States. Psychology of Popular "
         "Media Culture, 8(3), 207–217. https://doi.org/10.1037/ppm0000185"),
        (BOOK, "Jackson, L. M. (2019). The psychology of prejudice: From attitudes to social action (2nd ed.). "
         "American Psychological Association. https://doi.org/10.1037/0000168-000"),
        (PREDICTORS, "Duckworth, A. L., Quirk, A., Gallop, R., Hoyle, R. H., Kelly, D. R., & Matthews, M. D. (2019). "
         "Cognitive and noncognitive predictors of success. Proceedings of the National Academy of Sciences, USA, "
         "116(47), 23499–23504. https://doi.org/10.1073/pnas.1910510116"),
        (CHAPTER, "Morgan, R., Meldrum, K., Bryan, S., & Ziden, A. A. (2017). Embedding digital literacies in "
         "curricula: Australian and Malaysian experiences. In G. B. Teh & S. C. Choy (Eds.), Empowering 21st "
         "century learners (pp. 11–19). Springer. https://doi.org/10.1007/978-981-10-4241-6_2"),
        (THESIS, "Hollander, M. M. (2017). Resistance to authority [Doctoral dissertation, University of "
         "Wisconsin–Madison]."),
        (ATTENTION, "Vaswani, A., & Shazeer, N. (2017). Attention Is All You Need (arXiv:1706.03762). arXiv. "
         "https://arxiv.org/abs/1706.03762"),
    ],
)  # fmt: skip
def test_apa_is_as_the_apa_publishes_it(document: Document, shown: str) -> None:
    assert apa(document) == shown


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (PREDICTORS, "A. L. Duckworth, A. Quirk, R. Gallop, R. H. Hoyle, D. R. Kelly, and M. D. Matthews, “Cognitive "
         "and noncognitive predictors of success,” Proceedings of the National Academy of Sciences, USA, vol. 116, "
         "no. 47, pp. 23499–23504, 2019, doi: 10.1073/pnas.1910510116."),
        (CHAPTER, "R. Morgan, K. Meldrum, S. Bryan, and A. A. Ziden, “Embedding digital literacies in curricula: "
         "Australian and Malaysian experiences,” in Empowering 21st century learners, Springer, 2017, pp. 11–19, "
         "doi: 10.1007/978-981-10-4241-6_2."),
        (ATTENTION, "A. Vaswani and N. Shazeer, “Attention Is All You Need,” 2017, arXiv:1706.03762."),
        (THESIS, "M. M. Hollander, “Resistance to authority,” Ph.D. dissertation, University of Wisconsin–Madison, "
         "2017."),
        (paper("Where?", "A Lee", links={"abstract": "https://e.org/1"}),
         "A. Lee, “Where?” [Online]. Available: https://e.org/1"),
    ],
)  # fmt: skip
def test_ieee_is_as_its_guide_says(document: Document, shown: str) -> None:
    assert ieee(document) == shown


def test_up_to_twenty_authors_are_named_and_of_more_the_last() -> None:
    many = "; ".join(f"Ann {chr(65 + place)}xx" for place in range(24))
    assert apa(paper("T", many, year=2020)).startswith("Axx, A., Bxx, A., ")
    assert ", Sxx, A., … Xxx, A. (2020). T." in apa(paper("T", many, year=2020))
    assert "Txx" not in apa(paper("T", many, year=2020))
    twenty = apa(paper("T", "; ".join(many.split("; ")[:20])))
    assert ", Sxx, A., & Txx, A. (n.d.). T." in twenty
    assert ieee(paper("T", many, year=2020)) == "A. Axx et al., “T,” 2020."


def test_names_have_their_parts() -> None:
    names = (
        Name(literal="The ATLAS Collaboration"),
        Name(given="Anna Lee-Ann", family="Berg", particle="van den", suffix="Jr."),
    )
    document = Document(id="x", title="T", authors=tuple(name.shown for name in names), names=names, year=2012)
    assert apa(document) == "The ATLAS Collaboration, & van den Berg, A. L.-A., Jr. (2012). T."
    assert ieee(document) == "The ATLAS Collaboration and A. L.-A. van den Berg Jr., “T,” 2012."


def test_a_paper_without_anything_is_its_title() -> None:
    bare = paper("Nothing but a title")
    assert apa(bare) == "Nothing but a title. (n.d.)."
    assert ieee(bare) == "“Nothing but a title.”"


def test_other_kinds() -> None:
    article = {"kind": "article", "venue": "PLOS ONE", "year": 2019, "extra": {"volume": "14", "pages": "e0209899"}}
    assert apa(paper("A?", "A Lee", **article)) == "Lee, A. (2019). A? PLOS ONE, 14, Article e0209899."
    report = {"kind": "report", "year": 2020, "extra": {"number": "17", "institution": "CERN"}}
    assert apa(paper("A", "A Lee", **report)) == "Lee, A. (2020). A (No. 17). CERN."
    assert ieee(paper("A", "A Lee", **report)) == "A. Lee, “A,” CERN, Rep. 17, 2020."
    assert apa(paper("A", "A Lee", kind="dataset", year=2020)) == "Lee, A. (2020). A [Data set]."
