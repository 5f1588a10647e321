import pytest

from broadsheet.core.identity import arxiv_id, doi, identify, last_resort, own_id, places, title_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2401.12345", ("2401.12345", None)),
        ("arXiv:2401.12345v3", ("2401.12345", 3)),
        ("https://arxiv.org/abs/2401.12345v2", ("2401.12345", 2)),
        ("http://arxiv.org/pdf/2401.12345.pdf", ("2401.12345", None)),
        ("oai:arXiv.org:2203.01250v3", ("2203.01250", 3)),
        ("10.48550/arXiv.2401.12345", ("2401.12345", None)),
        ("https://doi.org/10.48550/arXiv.2401.12345", ("2401.12345", None)),
        ("hep-th/9901001v1", ("hep-th/9901001", 1)),
        ("math/9901001v3", ("math/9901001", 3)),
        ("math.GT/0309136", ("math/0309136", None)),
        ("arXiv:2401.12345 [cs.CL]", ("2401.12345", None)),
        ("10.1145/2401.12345", None),
        ("version 2401.12345", None),
        ("2401.123456", None),
        ("3dv2025:05T81ScPFb", None),
    ],
)
def test_arxiv_id(text, expected):
    assert arxiv_id(text) == expected


def test_doi_forms_are_one():
    forms = [
        "10.18653/v1/2020.ACL-main.1",
        "doi:10.18653/v1/2020.acl-main.1",
        "https://doi.org/10.18653/V1/2020.acl-main.1",
    ]
    assert {doi(f) for f in forms} == {"10.18653/v1/2020.acl-main.1"}
    assert doi("not a doi") is None


def test_identity_prefers_arxiv_then_doi_then_own_then_title():
    named = identify("T", "A", arxiv="2401.12345v2", doi_text="10.1234/x1", own="k", prefix="refs")
    assert named == ("2401.12345", ("10.1234/x1", "refs:k"))
    assert identify("T", doi_text="10.1234/x", own="W1", prefix="openalex") == ("10.1234/x", ("openalex:W1",))
    assert identify("T", own="nips2020:abc", prefix="jsonl") == ("nips2020:abc", ())
    assert identify("T", own="12", prefix="refs") == ("refs:12", ())
    assert identify("The Título", "Pérez")[0] == title_id("the titulo!", "Perez") != title_id("the titulo", "Wu")


def test_the_last_resort_tells_years_and_first_authors_apart():
    names = [
        last_resort("Progress report on water", author, year)
        for author, year in (("Ben Okoro", 2001), ("Carla Okoro", 2001), ("Ben Okoro", 2021), ("Ben Okoro", None))
    ]
    assert len({*names, title_id("Progress report on water", "Okoro")}) == 5
    assert last_resort("PROGRESS Report on Water!", "B. Okoro", 2001) == names[0]
    assert identify("Progress report on water", "Ben Okoro", year=2001) == (names[0], ())
    assert last_resort("Progress report on water", "Okoro") == title_id("Progress report on water", "Okoro")


def test_an_id_of_its_own_depends_on_the_record_alone():
    one = own_id("10.1234/x", "Tea", ("Ada Blum",), 2020)
    assert one == own_id("10.1234/x", "TEA.", ("ada blum",), 2020)
    others = [("10.1234/y", "Tea", ("Ada Blum",), 2020), ("10.1234/x", "Tea", ("Ada Blum", "B"), 2020),
              ("10.1234/x", "Tea", ("Ada Blum",), None), ("10.1234/x", "Tee", ("Ada Blum",), 2020)]  # fmt: skip
    assert len({one, *(own_id(*other) for other in others)}) == 5


def test_old_ids_of_two_archives_stay_apart():
    assert arxiv_id("hep-th/9901001") != arxiv_id("math/9901001")


def test_where_a_paper_stands():
    arxiv = {"abstract": "https://arxiv.org/abs/2401.00001", "pdf": "https://arxiv.org/pdf/2401.00001"}
    assert places(("10.1000/182", "2401.00001")) == arxiv
    assert places(("hep-th/9901001",))["abstract"] == "https://arxiv.org/abs/hep-th/9901001"
    assert places(("acl:P18-1001", "10.1000/a<b>(c)#d")) == {"abstract": "https://doi.org/10.1000/a%3Cb%3E(c)%23d"}
    assert places(("title:c36b54aa562a0902", "openreview:x")) == {}
