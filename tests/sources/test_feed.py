import tarfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import feed
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import only_records_or_errors

RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>Journal of Sheep</title>
<item><title>Counting &lt;i&gt;Sheep&lt;/i&gt; &amp;amp; Dogs</title><link>https://sheep.test/1</link>
<description>&lt;p&gt;We count sheep.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description>
<guid>https://sheep.test/1</guid><dc:creator>Ada Example, Bo Sample</dc:creator><prism:doi>10.1234/Sheep.1</prism:doi>
<category>Sheep</category><pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate></item>
<item><title>Of arXiv</title><link>https://arxiv.org/abs/2601.00001v2</link></item>
<item><description>no title</description></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:uuid:1</id><title>An Entry</title>
<updated>2026-01-05T00:00:00Z</updated><content type="html">&lt;p&gt;Words.&lt;/p&gt;</content>
<author><name>Ada Example</name></author><author><name>Bo Sample</name></author></entry></feed>"""


def test_a_journals_rss():
    first, second, third = feed.from_bytes(RSS)
    assert (first.id, first.aliases) == ("10.1234/sheep.1", ("https://sheep.test/1",))
    assert first.title.split() == ["Counting", "Sheep", "&", "Dogs"]
    assert first.text == "We count sheep."
    assert (first.authors, first.venue, first.categories) == (
        ("Ada Example", "Bo Sample"),
        "Journal of Sheep",
        ("Sheep",),
    )
    assert (first.announced, first.links) == (date(2026, 1, 6), {"abstract": "https://sheep.test/1"})
    assert (second.id, second.version) == ("2601.00001", 2)
    assert third.reason == "no title"


def test_atom():
    (got,) = feed.from_bytes(ATOM)
    assert (got.text, got.announced, got.authors) == ("Words.", date(2026, 1, 5), ("Ada Example", "Bo Sample"))


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("Fri, 27 Nov 2026 00:00:00 -0500", date(2026, 11, 27)),
        ("Fri, 27 Nov 2026 00:00:00 +0100", date(2026, 11, 27)),  # a midnight is of its own day
        ("Fri, 27 Nov 2026 23:30:00 -0500", date(2026, 11, 28)),
        ("2026-11-27", date(2026, 11, 27)),
        ("27 November 2026", date(2026, 11, 27)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
    ],
)
def test_the_day_of_an_entry(told, day):
    item = f"<item><title>T</title><link>https://sheep.test/1</link><pubDate>{told}</pubDate></item>"
    (got,) = feed.from_bytes(f"<rss version='2.0'><channel><title>S</title>{item}</channel></rss>".encode())
    assert got.announced == day


def test_only_a_live_feed_brings_news():
    assert feed.named("https://sheep.test/rss").news
    assert not feed.named("saved.rss").news


def test_live():
    client = FakeClient({"https://sheep.test/rss": RSS})
    got = list(feed.named("https://sheep.test/rss", client=client).fetch())
    assert got[0].source == "feed:https://sheep.test/rss"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"/etc/passwd",
        b"http://127.0.0.1/",
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel/></rss>",
        "<!doctype rss [<!entity a 'b'>]><rss/>".encode("utf-16"),
        b"<rss version='2.0'>" + b" " * 5_000_000,
    ],
)
def test_what_is_no_feed_or_too_much(data):
    with pytest.raises(SourceError) as caught:
        list(feed.from_bytes(data))
    assert "\n" not in str(caught.value)


def test_it_keeps_what_every_source_promises(tmp_path):
    file = tmp_path / "sample.rss"
    file.write_bytes(RSS)
    check_source(feed.named(str(file)), least=2)


@settings(max_examples=50)
@given(st.binary(max_size=60), st.integers(0, 1200), st.integers(0, 1200))
def test_any_bytes_give_records_or_an_error(noise, start, end):
    only_records_or_errors(feed.from_bytes, noise)
    only_records_or_errors(feed.from_bytes, RSS[:start] + noise + RSS[end:])


@pytest.mark.data
@pytest.mark.parametrize("name", ["feeds_pages_miniflux", "rss_atom_feedparser"])
def test_real_and_odd_feeds(data_dir, name):
    documents = 0
    with tarfile.open(data_dir / "feeds" / f"{name}.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".xml") else None
            if file is None:
                continue
            data = file.read()
            only_records_or_errors(feed.from_bytes, data)
            try:
                documents += sum(isinstance(record, Document) for record in feed.from_bytes(data))
            except SourceError:
                continue
    assert documents > 30


def item(number: int, inside: str = "") -> str:
    return f"<item><title>Sheep number {number}</title><link>https://sheep.test/{number}</link>{inside}</item>"


def journal(*items: str, head: str = "<title>Journal of Sheep</title>") -> bytes:
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


FATAL = ["<gml:pos>x</gml:pos>", "<title>&#xD800;</title>"]


@pytest.mark.parametrize("fatal", FATAL)
def test_an_item_on_which_the_library_fails_costs_itself_alone(fatal: str) -> None:
    items = [item(number, fatal if number == 3 else "") for number in range(9)]
    with pytest.raises(Exception):  # noqa: B017, PT011 - the library's own: otherwise this test tests nothing
        feed._parsed(journal(*items))
    records = list(feed.from_bytes(journal(*items)))
    assert len(records) == 9
    assert [each.title for each in records if isinstance(each, Document)] == [
        f"Sheep number {number}" for number in range(9) if number != 3
    ]
    assert {each.venue for each in records if isinstance(each, Document)} == {"Journal of Sheep"}
    assert isinstance(records[3], BadRecord)
    assert records[3].where == "feed:4"
    assert records[3].raw.startswith("<item><title>Sheep number 3")


def test_a_head_on_which_the_library_fails_costs_only_the_feed_s_title() -> None:
    first, second = feed.from_bytes(journal(item(1), item(2), head="<gml:pos>x</gml:pos>"))
    assert (first.title, second.title, first.venue) == ("Sheep number 1", "Sheep number 2", "")


def test_a_feed_of_which_nothing_can_be_read_is_one_error() -> None:
    with pytest.raises(SourceError, match=r"too broken to be read \("):
        list(feed.from_bytes(journal(item(1, FATAL[0]))))


def test_a_feed_of_many_broken_items_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    parsed = feed._parsed
    monkeypatch.setattr(feed, "_parsed", lambda data: tries.append(len(data)) or parsed(data))
    records = list(feed.from_bytes(journal(*[item(n, FATAL[0] if n % 2 else "") for n in range(2_000)])))
    assert len(records) == 2_000
    assert sum(isinstance(each, Document) for each in records) > 50
    assert len(tries) < 310


@settings(max_examples=50, deadline=None)
@given(places=st.sets(st.integers(0, 11)), fatal=st.sampled_from(FATAL))
def test_whichever_items_are_broken_the_others_are_read(places: set[int], fatal: str) -> None:
    data = journal(*[item(number, fatal if number in places else "") for number in range(12)])
    if len(places) == 12:
        return
    records = list(feed.from_bytes(data))
    assert [number for number, each in enumerate(records) if isinstance(each, BadRecord)] == sorted(places)


def test_pictures_of_entries_are_noted_and_nothing_is_where_there_are_none() -> None:
    """Media RSS and enclosures: a thumbnail, images by type or medium; sounds and scripts are not pictures."""
    data = b"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Leaves</title>
    <item><title>With figures of pressed leaves</title><guid>one</guid>
      <media:thumbnail url="https://example.org/small.jpg"/><media:thumbnail url="https://example.org/other.jpg"/>
      <media:content url="https://example.org/one.png" type="image/png"/>
      <media:content url="https://example.org/two" medium="image"/>
      <media:content url="javascript:alert(1)" medium="image"/>
      <media:content url="https://example.org/talk.mp4" type="video/mp4"/>
      <enclosure url="https://example.org/three.gif" type="image/gif" length="9"/>
      <enclosure url="https://example.org/talk.mp3" type="audio/mpeg" length="9"/></item>
    <item><title>Without figures of pressed leaves</title><guid>two</guid></item></channel></rss>"""
    first, second = (each for each in feed.from_bytes(data) if isinstance(each, Document))
    assert first.extra == {
        "thumbnail": "https://example.org/small.jpg",
        "media": ["https://example.org/one.png", "https://example.org/two", "https://example.org/three.gif"],
    }
    assert second.extra == {}
