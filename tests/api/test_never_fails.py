"""Whatever is asked of the doors for programs, none answers with an error of its own."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

text = st.text(max_size=30)
odd = st.sampled_from(
    ["", "0", "-1", "9" * 30, "nan", "2026-09-30", "2401.00001", "hep-th/9901001", "\x00", "a,b", "=1"]
)
value = text | odd
path = st.builds(
    lambda begin, middle, end: f"/{begin}{quote(middle.encode('utf-8', 'replace'), safe='/')}{end}",
    st.sampled_from([
        "feeds/latest", "feeds/day/", "feeds/week/", "feeds/month/", "feeds/trending", "feeds/newest", "feeds/search",
        "feeds/author/", "feeds/similar/", "papers/", "paper/", "recommendations/v1/papers/forpaper/", "v1/models/",
        "api/daily_papers", "api/daily", "api/search", "api/papers/",
    ]),
    value,
    st.sampled_from(["", ".atom", ".rss", ".json", ".bib", ".ris", ".csv", ".rdf", ".md", ".x", "/similar"]),
)  # fmt: skip
names = st.sampled_from([
    "q", "k", "limit", "offset", "cursor", "days", "sort", "category", "author", "since", "until", "match", "least",
    "fields", "from", "date", "week", "month", "submitter", "p", "period", "mode", "has_code",
])  # fmt: skip
asked = st.dictionaries(names, value, max_size=4)
headers = st.dictionaries(
    st.sampled_from(["if-none-match", "if-modified-since"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    max_size=1,
)
json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["hash", "2401.00001"])
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
fields = (
    "model", "input", "encoding_format", "dimensions", "input_type", "positivePaperIds", "negativePaperIds", "positive",
    "negative", "text", "limit",
)  # fmt: skip
body = json | st.fixed_dictionaries({}, optional=dict.fromkeys(fields, json))
quick = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(path, asked, headers)
def test_whatever_is_asked_is_answered(
    client: TestClient, path: str, asked: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.get(path, params=asked, headers=headers, follow_redirects=False)
    assert answer.status_code < 500, answer.text


@quick
@given(st.sampled_from(["/v1/embeddings", "/recommendations/v1/papers/", "/api/recommend"]), body, asked)
def test_whatever_is_sent_is_answered(client: TestClient, path: str, body: object, asked: dict[str, str]) -> None:
    answer = client.post(path, json=body, params=asked)
    assert answer.status_code < 500, answer.text


def test_bytes_that_are_no_json_are_refused(client: TestClient) -> None:
    for sent in (
        b"",
        b"{",
        b'"\\ud800"',
        b'{"input":"\\ud800","model":"hash"}',
        b"[" * 100_000,
        b"\xff",
        b"NaN",
        b"1e999",
    ):
        for path in ("/v1/embeddings", "/recommendations/v1/papers/", "/api/recommend"):
            answer = client.post(path, content=sent, headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (path, sent[:20], answer.text)
