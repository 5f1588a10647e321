from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import BadRecord, Document
from broadsheet.http import AnswerError
from broadsheet.sources import arxiv
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import only_records_or_errors

HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
    "xmlns:arxiv='http://arxiv.org/schemas/atom' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:opensearch='http://a9.com/-/spec/opensearch/1.1/'>"
)
ENTRY = """<entry><id>http://arxiv.org/abs/{id}</id><title>Counting Sheep
  with $O(1)$ Dogs</title><published>{day}T17:00:00Z</published><updated>2026-01-09T01:00:00Z</updated>
<summary>  We count &lt;EOS&gt; sheep. Code: https://github.com/example/sheep.
</summary><author><name>Ada Example</name><arxiv:affiliation>Flock University</arxiv:affiliation></author>
<author><name>Paulo Andr\\'e</name></author><category term='cs.AI'/><category term='cs.IR'/><category term='68T50'/>
<category term='I.2.7; H.3.3'/><arxiv:primary_category term='cs.IR'/><arxiv:comment>12 pages</arxiv:comment>
<arxiv:journal_ref>J. Sheep 1 (2026)</arxiv:journal_ref><arxiv:doi>10.1234/Sheep.1</arxiv:doi>
<link title='pdf' href='http://arxiv.org/pdf/{id}' rel='related'/></entry>"""


def api(*entries: str, total: int | None = None) -> bytes:
    count = "" if total is None else f"<opensearch:totalResults>{total}</opensearch:totalResults>"
    return (HEAD + count + "".join(entries) + "</feed>").encode()


def entry(name: str = "2601.00001v2", day: str = "2026-01-05") -> str:
    return ENTRY.format(id=name, day=day)


ERROR = api(
    "<entry><id>https://arxiv.org/api/errors#bad_id</id><title>Error</title>"
    "<summary>incorrect id format for x</summary></entry>"
)


def item(kind: str = "new", name: str = "2601.00001v1", creators: str = "Ada Example, Bo Sample (Flock, Inc.)") -> str:
    return f"""<item><title>Counting Sheep</title><link>https://arxiv.org/abs/{name[:-2]}</link>
<description>arXiv:{name} Announce Type: {kind}
Abstract: We count sheep.</description><guid isPermaLink="false">oai:arXiv.org:{name}</guid>
<category>cs.IR</category><category>cs.AI</category><pubDate>Tue, 06 Jan 2026 00:00:00 -0500</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type><dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
<dc:creator>{creators}</dc:creator><arxiv:DOI>10.1234/sheep.1</arxiv:DOI></item>"""


def rss(*items: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss xmlns:arxiv='http://arxiv.org/schemas/atom' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' version='2.0'><channel><title>cs.IR updates</title>"
        "<pubDate>Tue, 06 Jan 2026 00:00:00 -0500</pubDate>" + "".join(items) + "</channel></rss>"
    ).encode()


def atom_feed(kind: str = "new") -> bytes:
    return api(
        "<entry><id>oai:arXiv.org:2601.00001v1</id><title>Counting Sheep</title>"
        "<updated>2026-01-06T05:00:01Z</updated><link href='https://arxiv.org/abs/2601.00001' rel='alternate'/>"
        f"<summary>arXiv:2601.00001v1 Announce Type: {kind} \nAbstract: We count sheep.</summary>"
        "<category term='cs.IR'/><published>2026-01-06T00:00:00-05:00</published>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type><dc:creator>Ada Example, Cy Jones, Jr.</dc:creator></entry>"
    )


def one(data: bytes) -> Document:
    (record,) = arxiv.from_bytes(data)
    assert isinstance(record, Document), record
    return record


def test_an_entry_of_the_api():
    got = one(api(entry()))
    assert (got.id, got.version, got.aliases) == ("2601.00001", 2, ("10.1234/sheep.1",))
    assert got.readable_title == "Counting Sheep with O(1) Dogs"
    assert got.title == "Counting Sheep\n  with $O(1)$ Dogs"
    assert "<EOS>" in got.text
    assert got.authors == ("Ada Example", "Paulo André")
    assert got.categories == ("cs.IR", "cs.AI")
    assert (got.submitted, got.updated, got.announced) == (date(2026, 1, 5), date(2026, 1, 9), None)
    assert got.day == got.estimated == date(2026, 1, 6)
    assert got.links == {
        "abstract": "https://arxiv.org/abs/2601.00001",
        "pdf": "https://arxiv.org/pdf/2601.00001",
        "code": "https://github.com/example/sheep",
    }
    assert got.extra == {
        "comment": "12 pages",
        "journal_ref": "J. Sheep 1 (2026)",
        "classes": ["68T50", "I.2.7; H.3.3"],
        "affiliations": ["Flock University"],
    }


def test_old_ids_keep_their_archive():
    assert [one(api(entry(name))).id for name in ("hep-th/9901001v3", "math/9901001v1")] == [
        "hep-th/9901001",
        "math/9901001",
    ]


def test_an_error_entry_is_no_paper():
    with pytest.raises(SourceError, match="arXiv refused the request: incorrect id format for x"):
        list(arxiv.from_bytes(ERROR))
    titled = api(entry().replace("Counting Sheep\n  with $O(1)$ Dogs", "Error"))
    assert one(titled).title == "Error"


def test_an_announcement():
    got = one(rss(item()))
    assert (got.id, got.version, got.announced, got.day) == ("2601.00001", 1, date(2026, 1, 6), date(2026, 1, 6))
    assert got.text == "We count sheep."
    assert got.authors == ("Ada Example", "Bo Sample")
    assert got.categories == ("cs.IR", "cs.AI")
    assert got.extra == {"announce_type": "new", "licence": "http://creativecommons.org/licenses/by/4.0/"}
    assert got.aliases == ("10.1234/sheep.1",)


def test_the_atom_form_of_an_announcement():
    got = one(atom_feed())
    assert (got.id, got.version, got.announced, got.submitted) == ("2601.00001", 1, date(2026, 1, 6), None)
    assert got.text == "We count sheep."
    assert got.authors == ("Ada Example", "Cy Jones Jr.")


@pytest.mark.parametrize(("kind", "field"), [("replace", "updated"), ("replace-cross", "updated"), ("cross", "listed")])
def test_a_replacement_is_an_update_and_a_cross_list_is_only_listed(kind, field):
    for data in (rss(item(kind)), atom_feed(kind)):
        got = one(data)
        dates = {name: getattr(got, name) for name in ("submitted", "updated", "announced", "listed")}
        assert {name: day for name, day in dates.items() if day} == {field: date(2026, 1, 6)}
        assert got.text == "We count sheep."


def test_an_empty_feed_is_no_error():
    assert list(arxiv.from_bytes(rss())) == []


def test_what_is_no_paper_is_a_bad_record_and_stops_nothing():
    got = list(arxiv.from_bytes(api("<entry><title>T</title><id>x</id></entry>", entry(), "<entry/>"), "a.xml"))
    assert [type(r) for r in got] == [BadRecord, Document, BadRecord]
    assert got[0].where == "a.xml:1"
    assert "no arXiv id in 'x'" in got[0].reason
    assert "title>T<" in got[0].raw


def test_a_cut_file_gives_what_came_before_the_break():
    found = []
    with pytest.raises(SourceError, match="get it again"):
        found.extend(arxiv.from_bytes(api(entry(), entry("2601.00002v1"))[:-400]))
    records = arxiv.from_bytes(api(entry(), entry("2601.00002v1"))[:-400])
    assert next(records).id == "2601.00001"


def test_bombs_are_refused():
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'ha'}'>" for n in range(10))
    bomb = f"<!DOCTYPE feed [{laughs}]>{HEAD}<title>&l9;</title></feed>".replace(
        "<?xml version='1.0' encoding='UTF-8'?>", ""
    )
    outside = HEAD.replace("<feed", "<!DOCTYPE feed [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><feed") + "&x;</feed>"
    deep = HEAD + "<a>" * 5000 + "</a>" * 5000 + "</feed>"
    for data in (bomb, outside, deep):
        with pytest.raises(SourceError):
            list(arxiv.from_bytes(data.encode()))


@pytest.mark.parametrize("rest", ["cs.IR", "cs.IR+cs.CL", "cs", "cond-mat.mtrl-sci", "cs.*"])
def test_categories_are_known(rest):
    assert arxiv.named(rest).experimental


@pytest.mark.parametrize("rest", ["sc.IR", "cs.IR+sc.CL", "cs.", "CS.ir", "+", "2401.123"])
def test_what_is_no_category(rest):
    with pytest.raises(UsageError, match="expected categories"):
        arxiv.named(rest)


def test_today_is_the_feed():
    client = FakeClient({arxiv.FEEDS: rss(item())})
    got = list(arxiv.named("cs.IR+cs.CL", client=client).fetch())
    assert client.asked == ["https://rss.arxiv.org/atom/cs.IR+cs.CL"]
    assert [(d.id, d.source) for d in got] == [("2601.00001", "arxiv:cs.IR+cs.CL")]


def test_since_asks_the_api_and_lays_todays_feed_over_it():
    pages = [
        api(entry("2601.00001v1", "2026-01-05"), entry("2601.00002v1", "2026-01-05"), total=900),
        api(entry("2512.00003v1", "2026-01-03"), entry("2512.00004v1", "2025-12-01"), total=900),
    ]
    client = FakeClient({arxiv.FEEDS: rss(item(), item(name="2601.00009v1")), arxiv.API: pages})
    got = list(arxiv.named("cs.IR+cs.CL", client=client).fetch(date(2026, 1, 2)))
    assert [d.id for d in got] == ["2601.00001", "2601.00002", "2512.00003", "2601.00009"]
    assert [d.announced for d in got] == [date(2026, 1, 6), None, None, date(2026, 1, 6)]
    assert (got[0].submitted, got[0].extra["announce_type"], got[0].extra["comment"]) == (
        date(2026, 1, 5), "new", "12 pages",
    )  # fmt: skip
    assert "search_query=cat:cs.IR+OR+cat:cs.CL" in client.asked[1]
    assert "start=2" in client.asked[2]


def test_since_is_the_day_of_the_announcement_and_not_of_the_submission():
    """The papers of a Friday evening are announced on Monday: whoever asks from Tuesday on gets them."""
    page = api(entry("2601.00002v1", "2026-01-02"), entry("2601.00001v1", "2026-01-01"), total=2)
    assert [d.estimated for d in arxiv.from_bytes(page)] == [date(2026, 1, 5), date(2026, 1, 5)]
    client = FakeClient({arxiv.FEEDS: rss(), arxiv.API: page})
    assert len(list(arxiv.named("cs.IR", client=client).fetch(date(2026, 1, 5)))) == 2
    assert list(arxiv.named("cs.IR", client=client).fetch(date(2026, 1, 6))) == []


def test_an_announcement_ends_the_estimate():
    client = FakeClient({arxiv.FEEDS: rss(item(), item("replace", "2601.00002v2")), arxiv.API: api(
        entry("2601.00001v1"), entry("2601.00002v2"), total=2)})  # fmt: skip
    announced, replaced = arxiv.named("cs.IR", client=client).fetch(date(2026, 1, 2))
    assert (announced.announced, announced.estimated) == (date(2026, 1, 6), None)
    assert (replaced.announced, replaced.estimated) == (None, date(2026, 1, 6)), "a replacement announces no paper"


@pytest.mark.parametrize("moment", ["2026-01-05", "2026-01-05T17:00:00", "", "9999-12-31T23:00:00-14:00", "soon"])
def test_without_the_moment_of_the_submission_no_day_is_estimated(moment):
    assert one(api(entry().replace("2026-01-05T17:00:00Z", moment))).estimated is None


def test_an_empty_page_in_the_middle_is_not_the_end():
    pages = [api(entry(), total=900), api(total=900)]
    client = FakeClient({arxiv.FEEDS: rss(), arxiv.API: pages})
    with pytest.raises(SourceError, match="an empty page after 1 papers"):
        list(arxiv.named("cs.IR", client=client).fetch(date(2026, 1, 2)))


def test_single_papers_by_id():
    client = FakeClient({arxiv.API: api(entry(), total=2)})
    got = list(arxiv.named("arXiv:2601.00001v2,hep-th/9901001", client=client).fetch())
    assert client.asked == [f"{arxiv.API}?id_list=2601.00001v2,hep-th%2F9901001&max_results=2"]
    assert [d.id for d in got] == ["2601.00001"]


def test_a_refusal_by_status_is_told_in_arxivs_words():
    client = FakeClient({arxiv.API: AnswerError("answers 400", status=400, body=ERROR)})
    with pytest.raises(SourceError, match="incorrect id format"):
        list(arxiv.named("2601.00001", client=client).fetch())


tags = st.sampled_from(
    ["id", "title", "published", "updated", "summary", "author", "name", "category", "link", "guid", "pubDate", "item",
     "entry", "announce_type", "creator", "description", "feed"]
)  # fmt: skip
texts = st.sampled_from(
    ["", "http://arxiv.org/abs/2601.00001v1", "Error", "x, y (z", "2026-13-45", "&#x1F600;", "a" * 300]
)
trees = st.recursive(
    texts, lambda inner: st.builds(lambda t, c: f"<{t}>{''.join(c)}</{t}>", tags, st.lists(inner, max_size=5))
)


def test_it_keeps_what_every_source_promises(tmp_path):
    file = tmp_path / "sample.xml"
    file.write_bytes(api(entry(), entry("2601.00002v1", "2026-01-02"), "<entry/>"))
    check_source(arxiv.named(str(file)), least=2)


@given(st.lists(trees, max_size=5))
def test_any_xml_gives_records_or_an_error(inside):
    only_records_or_errors(arxiv.from_bytes, f"<feed>{''.join(inside)}</feed>".encode())


@given(st.binary(max_size=80), st.integers(0, 2000), st.integers(0, 2000))
def test_any_bytes_give_records_or_an_error(noise, start, end):
    data = api(entry())
    only_records_or_errors(arxiv.from_bytes, noise)
    only_records_or_errors(arxiv.from_bytes, data[:start] + noise + data[end:])


@pytest.mark.data
def test_the_real_answer(data_dir):
    got = check_source(arxiv.named(str(data_dir / "feeds" / "arxiv_api_cs_2025-12-17.xml.gz")))
    assert all(isinstance(record, Document) for record in got)
    assert len({d.id for d in got}) == len(got) == 405
    assert {d.submitted for d in got} == {date(2025, 12, 17)}
    assert all(d.authors and d.text and d.categories and d.version and not d.announced for d in got)
    assert sum(bool(d.aliases) for d in got) == 16
    assert sum("comment" in d.extra for d in got) == 200
    assert sum("journal_ref" in d.extra for d in got) == 19
    assert sum("code" in d.links for d in got) > 25
