"""Other services' own clients, unchanged, against a running server: ``hf papers`` and OpenAI's ``openai``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.server import create_app
from served import served
from site_kit import NOW, PAPERS, made

openai = pytest.importorskip("openai")
SUBMITTED = Document(
    id="2609.00007", title="Owls That Read Maps", text="Owls find north.", listed=PAPERS[0].announced, votes=3,
    source="hf:daily", extra={"submitter": "Ada Example"},
)  # fmt: skip


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("clients"), (*PAPERS, SUBMITTED)) as collection:
        yield collection


@pytest.fixture(scope="module")
def address(collection: Collection) -> Iterator[str]:
    with served(create_app(collection, Settings(), now=lambda: NOW)) as address:
        yield address


@pytest.fixture
def hf(address: str, tmp_path: Path) -> Any:
    """Runs ``hf papers``; gives its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        away = {
            "HF_ENDPOINT": address, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_UPDATE_CHECK": "1", "NO_COLOR": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1", "HF_TOKEN": "hf_notOurs", "NO_PROXY": "127.0.0.1", "COLUMNS": "200",
        }  # fmt: skip
        command = [str(Path(sys.executable).with_name("hf")), "papers", *arguments]
        done = subprocess.run(command, env=os.environ | away, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout if not done.returncode else done.stderr

    return run


def listed(hf: Any, *arguments: str) -> list[dict[str, Any]]:
    code, said = hf(*arguments, "--format", "json")
    assert code == 0, said
    found: list[dict[str, Any]] = json.loads(said)
    return found


def test_hf_papers_ls(hf: Any) -> None:
    first, second = listed(hf, "ls")
    assert (first["id"], first["upvotes"], first["title"]) == ("2401.00001", 12, PAPERS[0].title)
    assert second["submitted_by_name"] == "Ada Example"
    assert [each["id"] for each in listed(hf, "ls", "--week", "2026-W40", "--limit", "1")] == ["2401.00001"]
    assert [each["id"] for each in listed(hf, "ls", "--submitter", "ada example")] == ["2609.00007"]
    assert len(listed(hf, "ls", "--date", "2026-09-30", "--sort", "trending")) == 2


def test_hf_papers_search_info_and_read(hf: Any) -> None:
    assert listed(hf, "search", "herbarium sheets", "--limit", "2")[0]["id"] == "2401.00001"
    code, said = hf("info", "2401.00001", "--format", "json")
    assert code == 0, said
    info = json.loads(said)
    assert info["summary"].startswith("We sort scanned")
    assert info["authors"][0]["name"] == "Ada Blum"
    assert info["published_at"].startswith("2026-09-28")
    code, said = hf("read", "2401.00001")
    assert code == 0, said
    assert said.startswith(f"# {PAPERS[0].title}\n")
    assert "A small probe tells species apart" in said
    code, said = hf("info", "2401.99999")
    assert code != 0
    assert "not found" in said


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
            ({"input": [1, 2]}, "token numbers"),
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
    from broadsheet.api import openai as embeddings

    taken = [embeddings._TURNS.acquire(blocking=False) for _ in range(2)]
    try:
        with asking(address) as client, pytest.raises(openai.RateLimitError) as caught:
            client.embeddings.create(model="hash", input="x")
    finally:
        for each in taken:
            if each:
                embeddings._TURNS.release()
    assert caught.value.response.headers["retry-after"] == "2"
