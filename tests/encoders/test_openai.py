"""An encoder behind an API: what it sends, how it meets a server's limits, and what it never mixes or pays twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from badserver import BadServer, answer
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.encoders.openai import OpenAIEncoder, named
from broadsheet.testing import SAMPLES, check_encoder
from model_server import ModelServer

RECORDED = Path(__file__).resolve().parents[1] / "fixtures" / "embeddings"
HASH = HashEncoder(32)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(HASH.encode) as running:
        yield running


def encoder(server: ModelServer, switches: str = "", **options: Any) -> OpenAIEncoder:
    return named(f"{server.url}?model=tiny{switches}", keys={}, **options)


def texts(count: int, words: int = 3) -> list[str]:
    return [" ".join(f"word{place}x{each}" for each in range(words)) for place in range(count)]


def test_it_keeps_the_promises_of_an_encoder(server: ModelServer) -> None:
    check_encoder(encoder(server))


def test_its_vectors_are_those_of_the_model_in_the_order_of_the_texts(server: ModelServer) -> None:
    given = [*texts(150), *SAMPLES]
    expected = HASH.encode([text if text.strip() else "" for text in given])
    np.testing.assert_allclose(encoder(server).encode(given), expected, atol=1e-6)


def test_texts_without_a_character_are_not_sent(server: ModelServer) -> None:
    rows = encoder(server).encode(["", "tea", " \n"])
    assert rows[[0, 2]].tolist() == [[1.0, *[0.0] * 31]] * 2
    assert server.asked[0] == ["tea"]
    assert server.refused == 0


def test_recorded_answers_become_rows() -> None:
    with BadServer() as recorded:
        recorded.on("/v1/embeddings", answer(200, (RECORDED / "base64.json").read_bytes()))
        one = named(f"{recorded.url('/v1')}?model=tiny-embedding", keys={})
        rows = one.encode(["one", "two", "three"])
        question = json.loads(recorded.bodies[0])
    np.testing.assert_allclose(rows, [[0.6, -0.8, 0, 0], [0, 0.6, 0, 0.8], [0.5, 0.5, -0.5, 0.5]], atol=1e-7)
    assert question == {"model": "tiny-embedding", "input": ["one", "two", "three"], "encoding_format": "float"}
    assert (one.manifest.version, one.manifest.dim, one.usage.tokens) == ("tiny-embedding", 4, 9)


def test_a_prompt_goes_before_the_texts_of_its_role(server: ModelServer) -> None:
    one = encoder(server, "&document_prompt=passage%3A%20&query_prompt=find%20a%20%26%20b%3F%20")
    one.encode(["tea"])
    one.encode(["tea"], role="query")
    assert server.asked == [["passage: tea"], ["find a & b? tea"]]
    assert one.manifest.prompts == {"document": "passage: ", "query": "find a & b? "}


def test_one_prompt_serves_both_roles_unless_one_has_its_own(server: ModelServer) -> None:
    assert encoder(server, "&prompt=a:%20").manifest.prompts == {"document": "a: ", "query": "a: "}
    assert encoder(server, "&prompt=a:%20&query_prompt=").manifest.prompts == {"document": "a: "}
    both = encoder(server, "&document_prompt=a%3A%20&query_prompt=a:%20")
    assert both.name.endswith("?model=tiny&prompt=a:%20")


def test_the_manifest_holds_what_makes_the_vectors(server: ModelServer) -> None:
    one = encoder(server, "&dim=8")
    assert one.encode(["tea"]).shape == (1, 8)
    manifest = one.manifest
    assert (manifest.dim, manifest.version, manifest.encoder) == (8, "tiny", f"openai:{server.url}?model=tiny&dim=8")
    assert manifest.key == encoder(server, "&dim=8").manifest.key
    assert manifest.key != encoder(server).manifest.key
    assert manifest.key != encoder(server, "&dim=8&prompt=a").manifest.key


def test_two_addresses_are_two_encoders(server: ModelServer) -> None:
    with ModelServer(HASH.encode) as other:
        assert encoder(server).manifest.key != encoder(other).manifest.key


def test_a_name_is_spelled_in_one_way() -> None:
    names = [
        "http://LOCALHOST:1/v1?model=a/b:c&query_prompt=q%3a%20&dim=8",
        "http://localhost:1/v1/?dim=8&query_prompt=q:%20&model=a%2Fb:c",
    ]
    assert {named(name, keys={}).name for name in names} == {
        "openai:http://localhost:1/v1?model=a/b:c&dim=8&query_prompt=q:%20"
    }


def test_one_word_is_sent_for_the_manifest_and_only_once(server: ModelServer) -> None:
    one = encoder(server)
    assert one.encode([]).shape == (0, 32)
    assert one.manifest == one.manifest
    assert server.asked == [["dimension"]]


def test_a_request_holds_a_bounded_number_of_texts_and_characters(server: ModelServer) -> None:
    encoder(server).encode([*texts(100), "a " * 40_000, "b " * 40_000, "c " * 40_000, "d"])
    assert [len(group) for group in server.asked] == [64, 38, 2]
    assert max(sum(map(len, group)) for group in server.asked) <= 200_000


def test_of_a_huge_text_only_the_beginning_is_sent(server: ModelServer) -> None:
    one = encoder(server)
    one.encode(["tea " * 100_000, "milk"])
    assert [len(text) for group in server.asked for text in group] == [100_000, 4]
    assert one.too_long(["tea " * 100_000, "milk", "tea " * 25_000]).tolist() == [True, False, False]


def test_a_server_that_takes_fewer_texts_is_met_once(server: ModelServer) -> None:
    server.most_texts = 10
    one, given = encoder(server), texts(200)
    np.testing.assert_allclose(one.encode(given), HASH.encode(given), atol=1e-6)
    first, server.asked, server.refused = server.refused, [], 0
    one.encode(given)
    assert (first > 0, server.refused) == (True, 0)
    assert [len(group) for group in server.asked] == [8] * 25
    assert not one.too_long(given).any()


def test_of_a_text_that_is_too_long_the_beginning_is_read_and_this_is_told(server: ModelServer) -> None:
    server.most_words = 100
    one, given = encoder(server), texts(130)
    given[70] = " ".join(f"long{each}" for each in range(300))
    given[100] = " ".join(f"also{each}" for each in range(101))
    rows = one.encode(given)
    assert one.too_long(given).nonzero()[0].tolist() == [70, 100]
    whole = [place for place in range(130) if place not in (70, 100)]
    np.testing.assert_allclose(rows[whole], HASH.encode([given[place] for place in whole]), atol=1e-6)
    [part] = [text for group in server.asked for text in group if text.startswith("long0 ")]
    assert given[70].startswith(part)
    assert 50 < len(part.split()) <= 100
    np.testing.assert_allclose(rows[70], HASH.encode([part])[0], atol=1e-6)
    assert sorted(text for group in server.asked for text in group if text[:4] == "word") == sorted(
        text for text in given if text[:4] == "word"
    ), "a text was sent and paid twice"


def test_what_was_too_long_once_goes_alone_and_its_vector_stays_the_same(server: ModelServer) -> None:
    server.most_words = 100
    one, given = encoder(server), texts(60)
    given[30] = " ".join(f"long{each}" for each in range(300))
    rows = one.encode(given)
    refused, server.refused, server.asked = server.refused, 0, []
    assert np.array_equal(one.encode(given), rows)
    assert server.refused < refused
    assert [len(group) for group in server.asked] == [30, 1, 29]
    assert np.array_equal(encoder(server).encode([given[30]])[0], rows[30])


def test_texts_that_are_too_long_do_not_make_the_groups_smaller(server: ModelServer) -> None:
    server.most_words = 100
    one, given = encoder(server), texts(64)
    given[3] = " ".join(f"less{each}" for each in range(110))
    given[40] = " ".join(f"more{each}" for each in range(300))
    assert one.encode(given).shape == (64, 32)
    server.asked = []
    one.encode(texts(128))
    assert [len(group) for group in server.asked] == [64, 64]


def test_a_text_that_is_refused_at_any_length_ends_in_the_servers_words(server: ModelServer) -> None:
    server.most_words = 0
    with pytest.raises(ModelError, match="The model reads at most 0 tokens"):
        encoder(server).encode(["tea and milk " * 100])


def test_texts_that_the_server_says_it_cut_are_too_long() -> None:
    body = {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}], "truncated": [1]}
    with BadServer() as recorded:
        recorded.on("/v1/embeddings", answer(200, json.dumps(body).encode()))
        one = named(f"{recorded.url('/v1')}?model=m&prompt=p", keys={})
        one.encode(["tea", "milk"])
    assert one.too_long(["milk", "tea", "other"]).tolist() == [True, False, False]


def test_another_dimension_than_asked_for_is_refused(server: ModelServer) -> None:
    with pytest.raises(ModelError, match="asked for 64 dimensions and gives 32"):
        encoder(server, "&dim=64").encode(["tea"])


@pytest.mark.parametrize("change", ["model", "dim"])
def test_a_model_that_is_exchanged_is_noticed(server: ModelServer, change: str) -> None:
    one = encoder(server)
    one.encode(["tea"])
    answered = server.answer

    def changed(path: str, question: dict[str, Any]) -> Any:
        status, body = answered(path, question)
        if change == "model":
            return status, {**body, "model": "another"}
        return status, {**body, "data": [{**each, "embedding": [*each["embedding"], 1.0]} for each in body["data"]]}

    server.answer = changed  # type: ignore[method-assign]
    with pytest.raises(ModelError, match="their vectors cannot be mixed"):
        one.encode(["milk"])


def test_a_wrong_answer_names_the_encoder(server: ModelServer) -> None:
    server.answer = lambda path, question: (200, {"data": []})  # type: ignore[method-assign]
    with pytest.raises(ModelError, match=r"openai:http://127.0.0.1:\d+/v1\?model=tiny: the answer has 0 vectors"):
        encoder(server).encode(["tea"])


def test_tokens_are_counted_or_estimated(server: ModelServer) -> None:
    one = encoder(server)
    assert one.usage == (0, 0)
    one.encode(texts(100))
    assert one.usage == (300, 0)
    assert str(one.usage) == "300 tokens"
    server.counts = False
    one.encode(["four"])
    assert one.usage == (301, 1)
    assert str(one.usage) == "301 tokens, 1 of them by estimate"


def test_a_bound_on_tokens_stops_before_anything_is_paid(server: ModelServer) -> None:
    one = encoder(server, most_tokens=1_400)
    one.encode(texts(200))
    one.encode(texts(200))
    asked = len(server.asked)
    with pytest.raises(
        ModelError, match=r"has read 1,200 tokens, and the next 200 texts need about \d+ more"
    ) as caught:
        one.encode(texts(200))
    assert "most_tokens = 1,400" in str(caught.value)
    assert len(server.asked) == asked
    one.encode(texts(50))
    assert one.usage.tokens == 1_350


def test_threads_share_it(server: ModelServer) -> None:
    one, made = encoder(server), {}
    threads = [Thread(target=lambda part=part: made.update({part: one.encode(texts(part + 1))})) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for part, rows in made.items():
        np.testing.assert_allclose(rows, HASH.encode(texts(part + 1)), atol=1e-6)
    assert one.usage.tokens >= 3 * sum(range(1, 9))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "needs an address and a model; expected openai:https://HOST/v1"),
        ("?model=m", "needs an address and a model"),
        ("http://h/v1", "does not say which model"),
        ("http://h/v1?dim=8", "does not say which model"),
        ("http://h/v1?model=m&dim=0", "expected the number of dimensions, from 1 to 65,536"),
        ("http://h/v1?model=m&dim=99999", "expected the number of dimensions"),
        ("http://h/v1?model=m&dim=-8", "expected the number of dimensions"),
        ("http://h/v1?model=m&layers=4", "'layers' is unknown"),
        ("http://h/v1?model=m&model=n", "is not understood"),
        ("h/v1?model=m", "begins with https:// or http://"),
        ("http://h/v1?model=m&key=sk-abcdef1234567890", "A key does not belong into a name"),
        ("http://h/v1?model=m&API_KEY=sk-abcdef1234567890", "A key does not belong into a name"),
    ],
)
def test_a_name_that_is_not_whole_is_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        named(name, keys={})
    assert "sk-abcdef1234567890" not in str(caught.value)
