"""A command fetches the model that its encoder names; what is there already is never asked of the network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from badserver import BadServer, answer
from bert_kit import edit
from broadsheet import names
from broadsheet.config import Settings
from broadsheet.core.errors import ModelError
from broadsheet.encoders.hub import Reference, read_reference
from broadsheet.encoders.models import RECORD, AbsentError, list_models
from broadsheet.wiring import models
from hub_kit import COMMIT, REPOSITORY, describe, serve, silently, stand_in
from tinybert import write_tiny

constants = pytest.importorskip("huggingface_hub.constants")
ASKED = Reference(REPOSITORY)
NAME = f"bert:{REPOSITORY}"
SETTINGS = Settings(allow_private=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BadServer]:
    """A hub that the library takes for its own; nothing is in the library's cache, and no token is stored."""
    with BadServer() as running:
        stand_in(running, tmp_path, monkeypatch)
        yield running


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


def store(tiny: Path, cache: Path) -> Path:
    """Put a model into the cache of the hub's library, which keeps a file once and links to it."""
    home = cache / "models--someone--tiny"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text(COMMIT)
    (home / "snapshots").mkdir()
    tiny.rename(home / "snapshots" / COMMIT)
    (home / "blobs").mkdir()
    weights = home / "snapshots" / COMMIT / "model.safetensors"
    weights.rename(home / "blobs" / "abc")
    weights.symlink_to("../../blobs/abc")
    return home


def test_what_is_added_says_what_it_is(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    serve(server, tiny)
    record, about = models.add(ASKED, folder=tmp_path / "c", settings=SETTINGS, listed=silently)
    assert (about.scheme, about.architecture, about.layers) == ("bert", "bert", 2)
    assert (about.manifest.dim, about.manifest.max_length, about.manifest.pooling) == (16, 12, "mean")
    again, same = models.add(ASKED, folder=tmp_path / "c", settings=SETTINGS, listed=silently)
    assert (again, same.manifest.dim) == (record, 16)
    assert all("authorization" not in headers for _, headers in server.requests)
    assert all(headers["user-agent"].startswith("broadsheet/") for _, headers in server.requests)


def test_weights_that_do_not_fit_the_description_are_refused(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    write_tiny(tmp_path / "wide", config={"hidden_size": 32})
    shutil.copy(tmp_path / "wide" / "model.safetensors", tiny)
    serve(server, tiny)
    with pytest.raises(ModelError, match=r"someone/tiny cannot be used here: model\.safetensors: .* st:someone/tiny"):
        models.add(ASKED, folder=tmp_path / "c", settings=SETTINGS, listed=silently)
    assert list_models(tmp_path / "c" / "models") == []


def test_what_no_file_says_is_told_as_assumed(tiny: Path) -> None:
    assert not models.about(tiny).assumed
    (tiny / "modules.json").unlink()
    assert not models.about(tiny).assumed
    (tiny / "1_Pooling" / "config.json").unlink()
    assert models.about(tiny).assumed


def test_a_classifier_is_tried_as_what_it_says_it_is(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    (tiny / "modules.json").unlink()
    (tiny / "1_Pooling" / "config.json").unlink()
    edit(tiny / "config.json", architectures=["BertForSequenceClassification"])
    serve(server, tiny)
    with pytest.raises(ModelError, match=r"has no classifier \(classifier\.weight\)"):
        models.add(ASKED, folder=tmp_path / "c", settings=SETTINGS, listed=silently)
    assert not list((tmp_path / "c" / "cache" / "models").iterdir())


def test_vectors_that_are_not_finite_are_refused(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(models._TRIALS, "bert", lambda _: np.full((1, 16), np.nan))  # type: ignore[index]
    with pytest.raises(ModelError, match="not finite"):
        models.about(tiny)


@pytest.mark.parametrize("stored", [True, False])
def test_a_token_comes_from_the_environment_or_from_where_the_library_keeps_it(
    server: BadServer, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    serve(server, tiny)
    if stored:
        (tmp_path / "token").write_text("hf_mine\n")
    else:
        monkeypatch.setenv("HF_TOKEN", "hf_mine")
    models.hub(SETTINGS, tmp_path / "c").listing(ASKED)
    assert server.requests[0][1]["authorization"] == "Bearer hf_mine"


def test_offline_means_that_nothing_is_fetched(
    server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE is set"):
        models.load(NAME, tmp_path / "c", SETTINGS)
    assert server.requests == []


def test_offline_a_model_is_added_from_the_cache_of_the_hubs_library(
    server: BadServer, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    store(tiny, tmp_path / "hub")
    record, about = models.add(ASKED, folder=tmp_path / "c", settings=SETTINGS, listed=silently)
    assert (record.commit, about.manifest.dim) == (COMMIT, 16)
    assert server.requests == []


def test_a_command_fetches_a_model_that_is_not_here_once(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    serve(server, tiny)
    first = models.load(f"{NAME}?layers=1", tmp_path / "c", SETTINGS)
    count = len(server.requests)
    assert models.load(NAME, tmp_path / "c", SETTINGS).encode(["a"]).shape == (1, 16)
    models.fetch(f"join:{NAME}|hash", tmp_path / "c", SETTINGS)
    assert len(server.requests) == count > 3
    assert first.manifest.version == COMMIT  # type: ignore[attr-defined]


def test_names_without_a_model_of_the_hub_ask_for_nothing(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    for name in ("hash", f"bert:{tiny}", "nonsense", "nonsense:a/b", "hash?x=a/b", "bert:/no/such/folder"):
        models.fetch(name, tmp_path / "c", SETTINGS)
    assert server.requests == []


def test_a_model_of_the_librarys_cache_is_pinned_without_the_network(
    server: BadServer, tiny: Path, tmp_path: Path
) -> None:
    cache = store(tiny, tmp_path / "hub")
    before = names.encoder(NAME, models=tmp_path / "c" / "models").manifest  # type: ignore[attr-defined]
    assert models.load(NAME, tmp_path / "c", SETTINGS).manifest == before  # type: ignore[attr-defined]
    assert (tmp_path / "c" / "models" / REPOSITORY / RECORD).is_file()
    assert not (tmp_path / "c" / "models" / REPOSITORY / "model.safetensors").is_symlink()
    shutil.rmtree(cache)
    assert models.load(NAME, tmp_path / "c", SETTINGS).manifest == before  # type: ignore[attr-defined]
    assert server.requests == []


def test_a_model_that_runs_on_torch_stays_where_it_is(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    """Its manifest says where it was loaded from: a copy would have its papers encoded again."""
    store(tiny, tmp_path / "hub")
    models.fetch(f"st:{REPOSITORY}", tmp_path / "c", SETTINGS)
    assert not (tmp_path / "c").exists()
    assert server.requests == []


def test_a_model_that_runs_behind_an_address_is_not_copied(
    server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(models.models, "adopt", lambda what, *_, **__: asked.append(what))
    name = "join:openai:http://127.0.0.1:8080/v1?model=org/served|hash|bert:org/here?layers=1"
    with pytest.raises(ModelError):
        models.fetch(name, tmp_path, SETTINGS)
    assert len(server.requests) == 1
    assert [str(each) for each in asked] == [str(read_reference("org/here"))]


def test_a_running_program_does_not_fetch_by_itself(server: BadServer, tiny: Path, tmp_path: Path) -> None:
    serve(server, tiny)
    with pytest.raises(AbsentError):
        names.encoder(NAME, models=tmp_path / "c" / "models")
    assert server.requests == []


def test_a_model_that_cannot_be_had_is_one_line(server: BadServer, tmp_path: Path) -> None:
    server.on(f"/api/models/{REPOSITORY}/revision/main", answer(404, b"", X_Error_Code="RepoNotFound"))
    with pytest.raises(ModelError, match="The hub has no someone/tiny"):
        models.load(NAME, tmp_path / "c", SETTINGS)
    describe(server, {"sha": COMMIT, "siblings": []})
    with pytest.raises(ModelError, match="it has no weights"):
        models.load(NAME, tmp_path / "c", SETTINGS)
