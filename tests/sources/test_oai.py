"""Repositories: what their records say of a paper, and that every chain of answers comes to an end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badserver import BadServer, answer
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import BadRecord, Document, Status
from broadsheet.http import AnswerError, Client
from broadsheet.sources import oai
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import mutated, only_records_or_errors
from http_kit import Clock
from http_kit import client as polite

BASE = "https://owls.test/oai"
DEPOSIT = """
<dc:title>Owls at noon</dc:title>
<dc:title>Eulen am Mittag</dc:title>
<dc:creator>Roe, Ada</dc:creator><dc:creator>Lee,Bo</dc:creator>
<dc:contributor>Elder, Cy</dc:contributor>
<dc:subject>owls; sleep</dc:subject><dc:subject>info:eu-repo/classification/ddc/598</dc:subject>
<dc:description>Peer reviewed</dc:description><dc:description>They sleep at noon,
  and we say why.</dc:description>
<dc:publisher>Wood University</dc:publisher>
<dc:date>2026-11-20T09:30:00Z</dc:date><dc:date>2026-11-21T09:30:00Z</dc:date><dc:date>2024</dc:date>
<dc:date>info:eu-repo/date/embargoEnd/2027-05-01</dc:date>
<dc:type>info:eu-repo/semantics/doctoralThesis</dc:type><dc:type>Text</dc:type>
<dc:identifier>https://owls.test/handle/1/7</dc:identifier>
<dc:identifier>https://owls.test/download/7.pdf</dc:identifier>
<dc:identifier>info:doi/10.1000/OWLS.7</dc:identifier>
<dc:language>eng</dc:language><dc:rights>CC BY 4.0</dc:rights>
"""


def record(fields: str = DEPOSIT, number: int = 7, *, stamp: str = "2026-11-25", header: str = "") -> str:
    return (
        f"<record><header{header}><identifier>oai:owls.test:{number}</identifier><datestamp>{stamp}</datestamp>"
        "<setSpec>theses</setSpec></header><metadata><oai_dc:dc xmlns:dc='http://purl.org/dc/elements/1.1/' "
        f"xmlns:oai_dc='http://www.openarchives.org/OAI/2.0/oai_dc/'>{fields}</oai_dc:dc></metadata></record>"
    )


def answered(*records: str, token: str | None = None) -> bytes:
    end = "" if token is None else f"<resumptionToken completeListSize='9'>{token}</resumptionToken>"
    return (
        "<?xml version='1.0' encoding='UTF-8'?><OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>"
        f"<responseDate>2026-11-26T00:00:00Z</responseDate><ListRecords>{''.join(records)}{end}</ListRecords></OAI-PMH>"
    ).encode()


def refusal(code: str, words: str = "") -> bytes:
    return f"<OAI-PMH><request/><error code='{code}'>{words}</error></OAI-PMH>".encode()


def read(*records: str) -> list[Any]:
    return list(oai.from_bytes(answered(*records)))


def simple(number: int) -> str:
    return record(f"<dc:title>Owl {number}</dc:title>", number)


def test_a_record() -> None:
    [got] = read(record())
    assert (got.id, got.aliases) == ("10.1000/owls.7", ("oai:owls.test:7",))
    assert (got.title, got.text) == ("Owls at noon", "They sleep at noon, and we say why.")
    assert (got.authors, got.keywords) == (("Ada Roe", "Bo Lee"), ("owls", "sleep"))
    assert (got.kind, got.venue, got.extra["publisher"]) == ("thesis", "Wood University", "Wood University")
    assert (got.announced, got.updated, got.year) == (date(2026, 11, 20), date(2026, 11, 25), 2024)
    assert got.links == {"abstract": "https://owls.test/handle/1/7", "pdf": "https://owls.test/download/7.pdf"}
    assert (got.extra["language"], got.extra["contributor"]) == (["eng"], ["Elder, Cy"])
    assert got.extra["sets"] == ["theses"]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        (["2026-11-02"], date(2026, 11, 2)),  # its own day
        (["2026-11-02", "2026-11-09T08:00:00Z"], date(2026, 11, 9)),  # the moment at which it was taken in
        (["2026"], date(2026, 11, 25)),  # as new as its record
        ([], date(2026, 11, 25)),
        (["2026-01-01"], date(2026, 11, 25)),  # perhaps only a year
        (["2027-02-01"], date(2026, 11, 25)),  # to be printed next year, and here now
        (["2011"], None),  # an old paper whose record was changed
        (["2011-05-06"], date(2011, 5, 6)),
        (["no date"], date(2026, 11, 25)),
    ],
)
def test_the_day_of_a_paper(dates: list[str], day: date | None) -> None:
    [got] = read(record("<dc:title>Owls</dc:title>" + "".join(f"<dc:date>{each}</dc:date>" for each in dates)))
    assert got.announced == day


def test_the_day_of_a_preprint_of_arxiv_is_not_known() -> None:
    fields = "<dc:title>Owls</dc:title><dc:date>2026-11-02</dc:date><dc:date>2026-11-09</dc:date>"
    [got] = read(record(fields + "<dc:identifier>http://arxiv.org/abs/2611.00007</dc:identifier>"))
    assert (got.id, got.announced, got.submitted) == ("2611.00007", None, date(2026, 11, 2))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("<dc:identifier>https://doi.org/10.1000/a</dc:identifier>", "10.1000/a"),
        ("<dc:identifier>Journal of Owls 5 (2024), doi:10.1000/a</dc:identifier>", "10.1000/a"),
        ("<dc:relation>info:eu-repo/semantics/altIdentifier/doi/10.1000/a</dc:relation>", "10.1000/a"),
        ("<dc:relation>https://doi.org/10.1000/another</dc:relation>", "oai:owls.test:7"),  # a related work
        ("<dc:identifier>1234-5678</dc:identifier>", "oai:owls.test:7"),
    ],
)
def test_the_id_of_a_paper(fields: str, name: str) -> None:
    assert read(record(f"<dc:title>Owls</dc:title>{fields}"))[0].id == name


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        ("info:eu-repo/semantics/conferenceObject", "inproceedings"),
        ("http://purl.org/coar/resource_type/c_6501", ""),
        ("info:eu-repo/semantics/bookPart", "chapter"),
        ("Thesis or Dissertation", "thesis"),
        ("Preprint", "preprint"),
        ("text", ""),
    ],
)
def test_the_kind_of_a_paper(types: str, kind: str) -> None:
    assert read(record(f"<dc:title>Owls</dc:title><dc:type>{types}</dc:type>"))[0].kind == kind


def test_a_journal_and_its_numbers() -> None:
    sources = "Journal of Owls; Vol. 5 No. 2 (2026): Winter; 11-19", "1234-5678", "https://owls.test/jo"
    fields = "".join(f"<dc:source>{each}</dc:source>" for each in sources[::-1])
    [got] = read(record(f"<dc:title>Owls</dc:title>{fields}<dc:publisher>Wood</dc:publisher>"))
    assert (got.venue, got.extra["publisher"], got.extra["issn"]) == ("Journal of Owls", "Wood", ["1234-5678"])


RAW = """<record><header><identifier>oai:arXiv.org:2611.00007</identifier><datestamp>2026-11-20</datestamp></header>
<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2611.00007</id>
<version version="v10"><date>Thu, 19 Nov 2026 08:00:00 GMT</date></version>
<version version="v1"><date>Mon, 02 Nov 2026 17:57:34 GMT</date></version>
<version version="v2"><date>Tue, 03 Nov 2026 10:00:00 GMT</date></version>
<title>Owls at noon</title><authors>Ada Roe (Wood, Moor), Bo Lee Jr. and Cy van Elder</authors>
<categories>cs.IR cs.CL</categories><comments>This paper has been withdrawn by the authors</comments>
<journal-ref>J. Owls 5 (2026)</journal-ref><doi>10.1000/owls.7</doi><license>CC0</license>
<abstract>They sleep.</abstract></arXivRaw></metadata></record>"""


def test_a_record_of_arxiv_in_its_own_format() -> None:
    [got] = read(RAW)
    assert (got.id, got.aliases, got.version) == ("2611.00007", ("10.1000/owls.7",), 10)
    assert (got.authors, got.categories) == (("Ada Roe", "Bo Lee Jr.", "Cy van Elder"), ("cs.IR", "cs.CL"))
    assert (got.submitted, got.updated) == (date(2026, 11, 2), date(2026, 11, 19))
    assert (got.announced, got.estimated) == (None, date(2026, 11, 3))
    assert (got.status, got.kind) == (Status("withdrawn", "arxiv"), "preprint")
    assert got.extra["journal_ref"] == "J. Owls 5 (2026)"
    later = RAW.replace('<version version="v1"><date>Mon, 02 Nov 2026 17:57:34 GMT</date></version>', "")
    [got] = read(later.replace("2611.00007</id>", "none</id>"), later)[1:]
    assert (got.submitted, got.estimated, got.version) == (None, None, 10)


def test_arxiv_is_asked_for_its_own_format() -> None:
    for host, form in (("https://oaipmh.arxiv.org/oai", "arXivRaw"), ("https://notarxiv.org/oai", "oai_dc")):
        client = FakeClient({host: answered(RAW)})
        assert len(list(oai.named(f"{host}#cs:cs:IR", client=client).fetch())) == 1
        assert client.asked == [f"{host}?verb=ListRecords&metadataPrefix={form}&set=cs:cs:IR"]


def test_deleted_records_are_left_out_and_bad_ones_cost_themselves_alone() -> None:
    gone = "<record><header status='deleted'><identifier>oai:owls.test:1</identifier></header></record>"
    got = read(gone, "<record/>", record("<dc:creator>Roe, Ada</dc:creator>"), simple(2))
    assert [type(each) for each in got] == [BadRecord, BadRecord, Document]
    assert [each.reason for each in got[:2]] == ["the record has no metadata", "no title"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (b"Owls \x0c\x1fat noon", "Owls at noon"),
        (b"Owls&#x1f; &#0;at&#12; noon", "Owls at noon"),
        (b"Owls &nbsp;&amp; mice at AT&T &nosuch; &LT;x", "Owls & mice at AT&T &nosuch; <x"),
        (b"Na\xefve owls \xff", "Na\ufffdve owls \ufffd"),
        (b"<![CDATA[Owls & mice &eacute;]]>", "Owls & mice \u00e9"),
    ],
)
def test_what_breaks_xml_costs_nothing(title: bytes, expected: str) -> None:
    body = answered(record("<dc:title>TITLE</dc:title>"), simple(1)).replace(b"TITLE", title)
    got = list(oai.from_bytes(body))
    assert [each.id for each in got] == ["oai:owls.test:7", "oai:owls.test:1"]
    assert got[0].shown_title.replace("\xa0", "") == expected


def test_answers_in_another_encoding_are_read_as_they_are() -> None:
    text = answered(record("<dc:title>Na\u00efve owls</dc:title>")).decode()
    for name in ("iso-8859-1", "utf-16"):
        [got] = oai.from_bytes(text.replace("UTF-8", name).encode(name))
        assert got.title == "Na\u00efve owls"


def test_it_keeps_what_every_source_promises(tmp_path: Any) -> None:
    file = tmp_path / "saved.xml"
    file.write_bytes(answered(record(), simple(1), "<record/>", token="more"))
    source = oai.named(str(file))
    check_source(source, least=2)
    assert (source.live, source.rolling) == (False, False)


def test_names() -> None:
    source = oai.named(f"{BASE}#theses:2026")
    assert (source.name, source.live, source.rolling) == (f"oai:{BASE}#theses:2026", True, True)
    for wrong in (
        "owls.test/oai",
        "https://",
        "https://[owls/oai",
        f"{BASE}#a b",
        f"{BASE}#set&verb=Identify",
        "file:///etc/passwd",
    ):
        with pytest.raises(UsageError, match=r"oai:https://HOST/oai#SET"):
            oai.named(wrong)


def test_live_follows_the_tokens_from_the_day_on() -> None:
    client = FakeClient({BASE: [answered(record(), token="a b/2"), answered(token="c"), answered(simple(1), token="")]})
    got = list(oai.named(f"{BASE}#cs:owls", client=client).fetch(date(2026, 11, 1)))
    assert [each.id for each in got] == ["10.1000/owls.7", "oai:owls.test:1"]
    assert got[0].source == f"oai:{BASE}#cs:owls"
    assert client.asked == [
        f"{BASE}?verb=ListRecords&metadataPrefix=oai_dc&set=cs:owls&from=2026-11-01",
        f"{BASE}?verb=ListRecords&resumptionToken=a+b%2F2",
        f"{BASE}?verb=ListRecords&resumptionToken=c",
    ]


def test_live_brings_old_papers_whose_records_changed() -> None:
    old = record("<dc:title>Owls</dc:title><dc:date>1998-05-06</dc:date>")
    source = oai.named(f"{BASE}?db=1", client=FakeClient({f"{BASE}?db=1&verb=ListRecords": answered(old)}))
    assert [each.submitted for each in source.fetch(date(2026, 11, 1))] == [date(1998, 5, 6)]


def test_nothing_new_is_no_error() -> None:
    assert list(oai.named(BASE, client=FakeClient({BASE: refusal("noRecordsMatch")})).fetch()) == []
    refused = AnswerError("answers 422", status=422, body=refusal("noRecordsMatch"))
    assert list(oai.named(BASE, client=FakeClient({BASE: refused})).fetch()) == []


@pytest.mark.parametrize(
    ("code", "way_out"),
    [
        ("noSetHierarchy", "leave out #SET"),
        ("badResumptionToken", "no longer knows the token"),
        ("cannotDisseminateFormat", "Dublin Core"),
        ("badVerb", "base address"),
        ("", "an error without words; check the address"),
    ],
)
def test_errors_of_the_protocol_say_the_way_out(code: str, way_out: str) -> None:
    client = FakeClient({BASE: [answered(simple(1), token="t"), refusal(code, "" if not code else "sorry")]})
    got = []
    with pytest.raises(SourceError, match=way_out) as caught:
        got += oai.named(BASE, client=client).fetch()
    assert f"{code} sorry" in str(caught.value) or not code


def test_what_is_not_the_protocol_is_refused() -> None:
    for body in (b"<html><body>Welcome</body></html>", b"", b"not xml", b"<OAI-PMH><ListRecords>"):
        with pytest.raises(SourceError):
            list(oai.named(BASE, client=FakeClient({BASE: body})).fetch())


def test_the_client_waits_where_a_repository_asks_for_it() -> None:
    clock = Clock()
    with BadServer() as server:
        server.on("/oai", answer(503, Retry_After="9"), answer(200, answered(simple(1))))
        assert len(list(oai.named(f"{server.url('/oai')}#owls", client=polite(clock)).fetch())) == 1
        assert server.requests[-1][0] == "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=owls"
    assert clock.slept == [9.0]


def test_private_networks_are_not_visited() -> None:
    with BadServer() as server:
        server.on("/oai", answer(200, answered(simple(1))))
        with pytest.raises(SourceError, match="no public address"):
            list(oai.named(server.url("/oai"), client=Client()).fetch())
        assert server.requests == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "x" * 5_000, None, "bad"]), st.integers(0, 2)), max_size=9)
)
def test_every_chain_of_answers_ends(pages: list[tuple[str | None, int]]) -> None:
    """Any tokens: empty, repeated, overlong, none; the server gives its last answer for ever."""
    bodies = [
        refusal("badResumptionToken") if token == "bad" else answered(*map(simple, range(many)), token=token)
        for token, many in pages
    ] or [answered()]
    client = FakeClient({BASE: list(bodies)})
    only_records_or_errors(lambda _: oai.named(BASE, client=client).fetch(), b"")
    assert len(client.asked) <= len(bodies) + 1


def test_a_chain_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(FakeClient):
        def get(self, url: str, **kinds: Any) -> Any:
            self.answers = {BASE: [answered(token=str(len(self.asked)))]}
            return super().get(url, **kinds)

    monkeypatch.setattr(oai, "_MOST_PAGES", 20)
    client = Endless({})
    with pytest.raises(SourceError, match=r"more than 20 pages.*--since"):
        list(oai.named(BASE, client=client).fetch())
    assert len(client.asked) == 20


@settings(max_examples=200, deadline=None)
@given(mutated(answered(record(), RAW, simple(1), token="t")))
def test_any_bytes_give_records_or_an_error(data: bytes) -> None:
    only_records_or_errors(oai.from_bytes, data)
