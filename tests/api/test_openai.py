"""OpenAI's own client, unchanged, against a running server."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from broadsheet.api import openai as embeddings
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.encoders.hash import HashEncoder
from broadsheet.server import create_app
from door_kit import addresses
from served import served
from site_kit import NOW, PAPERS, made

openai = pytest.importorskip("openai")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("clients"), PAPERS) as collection:
        yield collection


@pytest.fixture(scope="module")
def address(collection: Collection) -> Iterator[str]:
    with served(create_app(collection, Settings(), now=lambda: NOW)) as address:
        yield address


def asking(address: str) -> Any:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none is needed", max_retries=0)


@pytest.mark.parametrize("form", ["float", "base64", None])
def test_openais_client_gets_the_encoders_vectors(address: str, form: str | None) -> None:
    texts = ["Leaves of pressed plants", "Tide tables"]
    more = {"encoding_format": form} if form else {}
    with asking(address) as client:
        answer = client.embeddings.create(model="hash", input=texts, **more)
        assert client.embeddings.create(model="hash", input=texts[1]).data[0].index == 0
    assert [each.index for each in answer.data] == [0, 1]
    rows = [
        np.frombuffer(b64decode(each.embedding), "<f4") if form == "base64" else each.embedding for each in answer.data
    ]
    np.testing.assert_allclose(np.array(rows, np.float32), HashEncoder().encode(texts), atol=1e-7)
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (6, 6)
    assert answer.model == "hash"


def test_openais_client_is_told_what_is_wrong(address: str) -> None:
    with asking(address) as client:
        assert [each.id for each in client.models.list()] == ["hash"]
        assert client.models.retrieve("hash").owned_by == "broadsheet"
        with pytest.raises(openai.NotFoundError, match=r"does not exist here\. Known: hash"):
            client.embeddings.create(model="text-embedding-3-small", input="x")
        for wrong, said in (
            ({"input": [1, 2]}, "check_embedding_ctx_length=False"),
            ({"input": [[1, 2]]}, "token numbers"),
            ({"input": []}, "not empty"),
            ({"input": ["x", " "]}, "without words"),
            ({"input": ["x"] * 2_049}, "2,048"),
            ({"input": ["x" * 1_000] * 2_001}, "characters in all"),
            ({"input": "x", "dimensions": 8}, "have 256"),
            ({"input": "x", "encoding_format": "int8"}, "encoding_format"),
        ):
            with pytest.raises(openai.BadRequestError, match=said):
                client.embeddings.create(model="hash", **wrong)  # type: ignore[arg-type]
        assert client.embeddings.create(model="hash", input="x", dimensions=256).data


def test_null_is_the_default_of_what_may_be_left_out(collection: Collection) -> None:
    client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
    body = {"model": "hash", "input": "Tide tables", "encoding_format": None, "dimensions": None, "user": None}
    assert len(client.post("/v1/embeddings", json=body).json()["data"][0]["embedding"]) == 256
    refusal = client.post("/v1/embeddings", json={**body, "input": [[1, 2]]})
    assert (refusal.status_code, refusal.json()["error"]["type"]) == (400, "invalid_request_error")
    assert "check_embedding_ctx_length=False" in refusal.json()["error"]["message"]


def test_what_was_cut_and_how_many_tokens_were_read_is_told(address: str, collection: Collection) -> None:
    class Short(HashEncoder):
        def too_long(self, texts: Any) -> Any:
            return np.array([len(text) > 10 for text in texts])

        def tokens(self, texts: Any) -> Any:
            return np.array([min(10, len(text)) for text in texts])

    whole, collection._encoder = collection._encoder, Short()
    try:
        with asking(address) as client:
            raw = client.embeddings.with_raw_response.create(model="hash", input=["short", "longer than that"])
    finally:
        collection._encoder = whole
    assert raw.headers["x-truncated"] == "1"
    answer = raw.parse()
    assert answer.truncated == [1]
    assert answer.usage.prompt_tokens == 15


def test_one_too_many_is_told_to_come_again(address: str) -> None:
    taken = [embeddings._TURNS.acquire(blocking=False) for _ in range(2)]
    try:
        with asking(address) as client, pytest.raises(openai.RateLimitError) as caught:
            client.embeddings.create(model="hash", input="x")
    finally:
        for each in taken:
            if each:
                embeddings._TURNS.release()
    assert caught.value.response.headers["retry-after"] == "2"


def test_its_addresses_stay() -> None:
    assert addresses(embeddings.router) == {"GET /v1/models", "GET /v1/models/{name:path}", "POST /v1/embeddings"}
