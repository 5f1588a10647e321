"""The encoder of a model server in a Collection: key and bound from the environment, sync, search, and no door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import broadsheet as bs
from badserver import BadServer, answer
from broadsheet import names
from broadsheet.cli.app import run
from broadsheet.config import Settings
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.suite import Encoders
from broadsheet.server import create_app
from broadsheet.wiring.encoders import encoder_keys, openai
from fakes import NOW, paper
from model_server import ModelServer
from served import served

PACKAGE = Path(bs.__file__).parent
KEY = "sk-abcdef1234567890"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(HashEncoder(32).encode) as running:
        yield running


@pytest.fixture
def collection(tmp_path: Path, server: ModelServer) -> Iterator[bs.Collection]:
    """A Collection of 600 papers whose encoder is behind the server; nothing is synced."""
    with bs.open(tmp_path, encoder=server.name) as opened:
        opened.store.papers.put([paper(n, f"Title {n} on tea", f"It steeps {n} minutes.") for n in range(600)], now=NOW)
        yield opened


def test_keys_are_read_by_host() -> None:
    assert encoder_keys({}) == {}
    values = {"BROADSHEET_ENCODER_KEYS": f" API.example.org={KEY}\n localhost:8080=a=b== "}
    assert encoder_keys(values) == {"api.example.org": KEY, "localhost:8080": "a=b=="}


@pytest.mark.parametrize("value", [KEY, f"={KEY}", "host=", f"host={KEY}é", f"a=b {KEY}"])
def test_what_is_not_a_key_of_a_host_is_refused_and_not_quoted(value: str) -> None:
    with pytest.raises(UsageError, match=r"Entry \d of BROADSHEET_ENCODER_KEYS is not HOST=KEY") as caught:
        encoder_keys({"BROADSHEET_ENCODER_KEYS": value})
    assert KEY not in str(caught.value)


def test_the_key_of_the_environment_reaches_its_server_and_nothing_else(tmp_path: Path) -> None:
    body = b'{"data": [{"index": 0, "embedding": [1.0]}], "model": "m"}'
    with BadServer() as one, BadServer() as other:
        environment = {"BROADSHEET_ENCODER_KEYS": f"127.0.0.1:{one.port}={KEY}"}
        for each in (one, other):
            each.on("/v1/embeddings", answer(200, body))
            made = openai(f"{each.url('/v1')}?model=m", models=tmp_path / "models", environment=environment)
            made.encode(["tea"])
            assert KEY not in made.name + repr(made) + repr(made.manifest)
        assert one.requests[0][1]["authorization"] == f"Bearer {KEY}"
        assert "authorization" not in other.requests[0][1]


def test_the_bound_is_a_setting_of_the_collection_and_of_the_environment(tmp_path: Path, server: ModelServer) -> None:
    (tmp_path / "broadsheet.toml").write_text("most_tokens = 2\n", "utf-8")
    name = server.name.removeprefix("openai:")
    with pytest.raises(ModelError, match="most_tokens = 2 allows"):
        openai(name, models=tmp_path / "models", environment={}).encode(["tea and milk"])
    more = {"BROADSHEET_MOST_TOKENS": "50"}
    assert openai(name, models=tmp_path / "models", environment=more).encode(["tea and milk"]).shape == (1, 32)
    more["BROADSHEET_COLLECTION"] = str(tmp_path / "none")
    assert openai(name, environment=more).encode(["tea"]).shape == (1, 32)


def test_it_is_registered_and_lends_its_switches(server: ModelServer) -> None:
    assert names.encoder(f"{server.name}&dim=8").encode(["tea"]).shape == (1, 8)
    assert names.encoder(f"join:hash:16|{server.name}").encode(["tea"]).shape == (1, 48)
    assert "openai" in names.known(names.ENCODERS)


def test_a_sync_counts_tokens_and_the_search_finds_by_meaning(collection: bs.Collection, server: ModelServer) -> None:
    done = bs.sync(collection)
    assert (done.encoded, done.estimated) == (600, 0)
    assert done.tokens == sum(len(text.split()) for group in server.asked for text in group)
    assert bs.search(collection, "steeps 17 minutes").mode == "hybrid"
    server.asked.clear()
    assert bs.sync(collection) == bs.sync(collection)
    assert server.asked == [], "a sync without changes asked the server"


def test_a_sync_that_the_bound_stops_goes_on_from_there(
    collection: bs.Collection, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_MOST_TOKENS", "2500")
    with pytest.raises(ModelError, match=r"has read 2,\d+ tokens, and the next 256 texts need about"):
        bs.sync(collection)
    assert collection.space.snapshot().count == 256
    with bs.open(collection.path) as again:
        with pytest.raises(ModelError, match="What was encoded is kept: raise most_tokens"):
            bs.sync(again)
        assert again.space.snapshot().count == 512
    with bs.open(collection.path) as again:
        bs.sync(again)
        assert again.space.snapshot().count == 600
    sent = [text for group in server.asked for text in group if text != "dimension"]
    assert len(sent) == len(set(sent)) == 600, "a text was paid twice"


def test_a_server_that_fails_in_the_middle_leaves_what_was_encoded(
    collection: bs.Collection, server: ModelServer
) -> None:
    answered, left = server.answer, iter(range(6))

    def broken(path: str, question: dict[str, Any]) -> Any:
        return answered(path, question) if next(left, None) is not None else (401, {"error": {"message": KEY}})

    server.answer = broken  # type: ignore[method-assign]
    with pytest.raises(ModelError, match="answers 401: it wants a key"):
        bs.sync(collection)
    assert collection.space.snapshot().count == 256
    results = bs.search(collection, "steeps 17 minutes")
    assert (results.mode, len(results.items) > 0) == ("lexical", True)
    assert "Only the words were searched, not their meaning: http://127.0.0.1" in results.note
    assert results.note.endswith("BROADSHEET_ENCODER_KEYS.")
    server.answer = answered  # type: ignore[method-assign]
    assert bs.sync(collection).encoded == 344


def test_one_broadsheet_encodes_for_another(tmp_path: Path) -> None:
    with bs.open(tmp_path, encoder="hash") as lending, served(create_app(lending, Settings())) as address:
        borrowed = names.encoder(f"openai:{address}/v1?model=hash")
        given = [f"Title {n} on tea" for n in range(150)]
        np.testing.assert_allclose(borrowed.encode(given), HashEncoder().encode(given), atol=1e-6)
        assert borrowed.manifest.version == "hash"
        with pytest.raises(ModelError, match=r"answers 404 .*is 'minilm' a model there"):
            names.encoder(f"openai:{address}/v1?model=minilm").encode(["tea"])


def test_the_lab_asks_for_each_text_once(tmp_path: Path, server: ModelServer) -> None:
    given = [f"Title {n} on tea" for n in range(10)]
    for _ in range(2):
        Encoders(names.encoder, tmp_path).encoder(server.name).encode(given)
    assert [text for group in server.asked for text in group if text.startswith("Title")] == given


def test_the_commands_tell_what_was_read(
    tmp_path: Path, server: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broadsheet.toml").write_text(f'encoder = "{server.name}"\n', "utf-8")
    (tmp_path / "a.txt").write_text("tea and milk\nmilk and tea\n", "utf-8")
    where = ["--data", str(tmp_path)]
    assert run(["encode", str(tmp_path / "a.txt"), "--out", str(tmp_path / "a.npy"), *where]) == 0
    assert "The model server read 7 tokens." in capfd.readouterr().err
    with bs.open(tmp_path) as collection:
        collection.store.papers.put([paper(1, "On tea", "It steeps.")], now=NOW)
    assert run(["sync", *where]) == 0
    assert "The model server read 5 tokens." in capfd.readouterr().err


def imported(path: Path) -> set[str]:
    """The modules, and the names of modules, that a file imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def test_no_door_makes_an_encoder_of_a_name() -> None:
    """A reader, a program or an agent that could name an encoder could have texts sent to any address."""
    makers = {
        ".".join(("broadsheet", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in PACKAGE.rglob("*.py")
        if "names.encoder(" in path.read_text("utf-8")
    }
    assert {"broadsheet.collection", "broadsheet.lab.vectors", "broadsheet.wiring.models"} <= makers
    makers |= {"broadsheet.names", "broadsheet.wiring.collection", "broadsheet.wiring.encoders", "broadsheet.encoders"}
    for door in ("site", "api", "web", "mcp"):
        for path in (PACKAGE / door).rglob("*.py"):
            assert imported(path) & makers <= {"broadsheet.collection"}, path
            assert "open_collection" not in path.read_text("utf-8"), path
