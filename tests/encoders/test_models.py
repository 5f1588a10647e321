"""A model appears in ``models`` when it is whole and accepted, stays at its commit, and is refused once it changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from badserver import BadServer, answer
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Progress
from broadsheet.encoders.hub import RECORD, Hub, Listing, Reference
from broadsheet.encoders.minilm import named
from broadsheet.encoders.models import AbsentError, Record, add, adopt, find, list_models, read_record, remove
from http_kit import Clock
from hub_kit import COMMIT, LATER, REPOSITORY, cut_after, fetched, hub, ranged, resolved, serve, silently
from tinybert import write_tiny

ASKED = Reference(REPOSITORY)


class Home:
    """The models of a Collection, and what they are fetched from."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.models, self.cache, self.hub = folder / "models", folder / "cache", hub
        self.seen: list[Path] = []

    def add(self, asked: Reference = ASKED) -> Record:
        return add(asked, self.hub, self.check, models=self.models, cache=self.cache, listed=silently)

    def adopt(self, asked: Reference = ASKED) -> Record | None:
        return adopt(asked, self.check, models=self.models, cache=self.cache)

    def check(self, part: Path) -> None:
        self.seen.append(part)
        named(str(part))

    def refused(self, asked: Reference = ASKED, *, wrong: type[Exception] = ModelError) -> str:
        """Why a model is not added; nothing of it can be loaded."""
        with pytest.raises(wrong) as caught:
            self.add(asked)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    @property
    def parts(self) -> list[str]:
        """Files of models that are not whole."""
        return sorted(path.name for path in (self.cache / "models").rglob("*") if path.is_file())


@pytest.fixture
def home(tmp_path: Path, server: BadServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr("broadsheet.encoders.models.snapshot_of", lambda _: None)
    return Home(tmp_path / "c", hub(server, clock))


def test_an_added_model_is_found_at_its_commit(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    record = home.add()
    assert (record.repository, record.commit, record.revision, record.licence) == (REPOSITORY, COMMIT, "main", "mit")
    assert record.size == sum(size for size, _ in record.files.values()) > 10_000
    assert list_models(home.models) == [REPOSITORY]
    for name in (REPOSITORY, f"{REPOSITORY}@main", f"{REPOSITORY}@{COMMIT}", f"{REPOSITORY}@{COMMIT[:7]}"):
        assert find(name, home.models) == (home.models / REPOSITORY, COMMIT)
    encoder = named(REPOSITORY, models=home.models)
    assert encoder.manifest.version == COMMIT
    assert encoder.encode(["a"]).tolist() == named(str(folder)).encode(["a"]).tolist()
    assert home.parts == []


def test_nothing_but_what_a_model_needs_is_fetched(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    home.add()
    assert sorted(fetched(server)) == sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    there = {path.relative_to(home.models / REPOSITORY).as_posix() for path in home.models.rglob("*.*")}
    assert there == {*fetched(server), RECORD}


def test_bytes_are_told_before_and_as_they_come(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    told: list[tuple[int, int | None]] = []

    def listed(listing: Listing) -> Progress:
        assert fetched(server) == []
        assert listing.size > 10_000
        return lambda done, total: told.append((done, total))

    record = add(ASKED, home.hub, home.check, models=home.models, cache=home.cache, listed=listed)
    assert told[-1] == (record.size, record.size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_moved_branch_changes_nothing(home: Home, server: BadServer, folder: Path, tmp_path: Path) -> None:
    serve(server, folder)
    home.add()
    before = named(REPOSITORY, models=home.models).manifest
    write_tiny(tmp_path / "other", pooling="cls")
    serve(server, tmp_path / "other", commit=LATER)
    count = len(server.requests)
    assert home.add().commit == COMMIT
    assert len(server.requests) == count
    assert named(REPOSITORY, models=home.models).manifest == before


def test_another_revision_takes_the_place_of_none(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    home.add()
    said = home.refused(Reference(REPOSITORY, "v2"), wrong=UsageError)
    assert "is here at commit 0123456789ab, not at v2" in said
    assert "broadsheet encoders remove someone/tiny" in said
    with pytest.raises(UsageError, match="not at v2"):
        find(f"{REPOSITORY}@v2", home.models)


def test_a_folder_made_by_hand_stays_as_it_is(home: Home, folder: Path) -> None:
    shutil.copytree(folder, home.models / REPOSITORY)
    assert find(REPOSITORY, home.models) == (home.models / REPOSITORY, "tiny")
    assert "made by hand, and stays" in home.refused(wrong=UsageError)
    with pytest.raises(UsageError, match="made by hand"):
        remove(ASKED, models=home.models)
    assert list_models(home.models) == []


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "1_Pooling/config.json"])
def test_a_file_that_changed_is_refused_until_it_is_fetched_again(
    home: Home, server: BadServer, folder: Path, name: str
) -> None:
    serve(server, folder)
    home.add()
    path = home.models / REPOSITORY / name
    body = path.read_bytes()
    path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(ModelError, match=rf"{name} is not the file that was added: its hash has changed"):
        named(REPOSITORY, models=home.models)
    home.add()
    assert path.read_bytes() == body
    assert read_record(home.models / REPOSITORY).has("main")  # type: ignore[union-attr]


def test_a_file_that_is_missing_or_too_many_is_refused(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    home.add()
    more = home.models / REPOSITORY / "2_Dense" / "model.safetensors"
    more.parent.mkdir()
    more.write_bytes(b"x")
    with pytest.raises(ModelError, match=r"has a file that was not added with it \(2_Dense/model.safetensors\)"):
        find(REPOSITORY, home.models)
    more.unlink()
    (home.models / REPOSITORY / "modules.json").unlink()
    with pytest.raises(ModelError, match=r"modules\.json is not the file that was added"):
        find(REPOSITORY, home.models)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": 3}', '{"files": {"../a.json": {"size": 1, "sha256": ""}}}']
)
def test_a_broken_record_is_refused(home: Home, folder: Path, text: str) -> None:
    shutil.copytree(folder, home.models / REPOSITORY)
    (home.models / REPOSITORY / RECORD).write_text(text)
    with pytest.raises(ModelError, match=r"hub\.json"):
        find(REPOSITORY, home.models)


def test_an_interrupted_download_goes_on(home: Home, server: BadServer, folder: Path) -> None:
    bodies = serve(server, folder)
    weights = bodies["model.safetensors"]
    server.on(resolved("model.safetensors"), cut_after(weights, 5_000))
    assert "ended early; tried 3 times" in home.refused()
    assert not (home.models / REPOSITORY).exists()
    assert "model.safetensors" in home.parts
    with pytest.raises(AbsentError):
        find(REPOSITORY, home.models)
    before = len(server.requests)
    server.on(resolved("model.safetensors"), ranged(weights))
    home.add()
    assert fetched(server)[-1] == "model.safetensors"
    assert len(server.requests) == before + 2  # the description, and the rest of the weights
    assert server.requests[-1][1]["range"] == "bytes=5000-"
    assert home.parts == []


def test_what_another_commit_left_behind_goes(home: Home, server: BadServer, folder: Path) -> None:
    bodies = serve(server, folder)
    server.on(resolved("model.safetensors"), cut_after(bodies["model.safetensors"], 5_000))
    home.refused()
    serve(server, folder, commit=LATER)
    assert home.add().commit == LATER
    assert home.parts == []


def test_a_file_that_is_not_what_was_announced_leaves_nothing_to_load(
    home: Home, server: BadServer, folder: Path
) -> None:
    bodies = serve(server, folder)
    weights = bytearray(bodies["model.safetensors"])
    weights[-1] ^= 1
    server.on(resolved("model.safetensors"), ranged(bytes(weights)))
    assert "model.safetensors of someone/tiny is not what the hub announced" in home.refused()
    assert not home.models.exists()
    assert home.seen == []
    assert "model.safetensors" not in home.parts


def test_a_model_that_is_not_understood_is_known_before_its_weights(
    home: Home, server: BadServer, tmp_path: Path
) -> None:
    write_tiny(tmp_path / "gemma", config={"model_type": "gemma3_text"})
    serve(server, tmp_path / "gemma")
    said = home.refused()
    assert said.startswith("someone/tiny cannot be used here: config.json: model_type is 'gemma3_text'.")
    assert "st:someone/tiny with the extra [torch]" in said
    assert "model.safetensors" not in fetched(server)
    assert not home.models.exists()
    assert home.parts == []


def test_a_model_that_cannot_run_leaves_nothing(home: Home, server: BadServer, folder: Path) -> None:
    (folder / "modules.json").write_text(
        json.dumps([{"path": "", "type": "a.Transformer"}, {"path": "", "type": "a.Odd"}])
    )
    serve(server, folder)
    said = home.refused()
    assert said.startswith("someone/tiny cannot be used here: modules.json asks for a.Odd in someone/tiny")
    assert said.count("st:someone/tiny with the extra [torch]") == 1
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 2}')
    (folder / "modules.json").unlink()
    serve(server, folder, commit=LATER)
    assert home.refused().endswith("It may run as st:someone/tiny with the extra [torch].")
    assert home.seen[0].name == f"someone--tiny@{COMMIT}"
    assert not home.models.exists()
    assert home.parts == []


def test_a_full_disk_is_said_before(
    home: Home, server: BadServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 90, 10))  # type: ignore[attr-defined]
    assert "has room for 10" in home.refused()
    assert fetched(server) == []


def test_a_folder_that_cannot_be_written_is_one_line(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    home.models.parent.mkdir()
    home.models.write_text("a file where the folder should be")
    assert "The model cannot be written" in home.refused()


def test_a_cache_on_another_disk_is_copied(
    home: Home, server: BadServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, folder)
    rename, tried = Path.rename, []

    def across(self: Path, target: Path) -> Path:
        tried.append(self)
        if home.cache in self.parents:
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across)
    home.add()
    assert len(tried) == 2
    assert find(REPOSITORY, home.models).version == COMMIT
    assert home.parts == []


def test_a_gated_model_leaves_nothing(home: Home, server: BadServer) -> None:
    server.on(f"/api/models/{REPOSITORY}/revision/main", answer(401, b"", X_Error_Code="GatedRepo"))
    assert "set HF_TOKEN" in home.refused()
    assert not home.models.exists()


def test_a_model_of_the_librarys_cache_is_used_and_can_be_kept(
    home: Home, server: BadServer, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = folder.rename(tmp_path / COMMIT)
    monkeypatch.setattr("broadsheet.encoders.models.snapshot_of", lambda _: snapshot)
    assert find(REPOSITORY, home.models) == (snapshot, COMMIT)
    before = named(REPOSITORY, models=home.models).manifest
    record = home.adopt()
    assert record is not None
    assert (record.commit, record.revision) == (COMMIT, "main")
    shutil.rmtree(snapshot)
    assert named(REPOSITORY, models=home.models).manifest == before
    assert home.adopt() is None
    assert server.requests == []


def test_an_absent_model_names_the_command_that_fetches_it(home: Home) -> None:
    with pytest.raises(
        AbsentError, match=r"not here yet\. To fetch it from the hub: broadsheet encoders add someone/tiny$"
    ):
        find(REPOSITORY, home.models)
    with pytest.raises(AbsentError, match="add someone/tiny --revision v2") as caught:
        find(f"{REPOSITORY}@v2", None)
    assert caught.value.reference == Reference(REPOSITORY, "v2")
    assert home.adopt() is None


def test_a_removed_model_is_gone(home: Home, server: BadServer, folder: Path) -> None:
    serve(server, folder)
    home.add()
    assert remove(ASKED, models=home.models).commit == COMMIT
    assert list(home.models.iterdir()) == []
    with pytest.raises(UsageError, match=r"is not here\. To see what is: broadsheet encoders"):
        remove(ASKED, models=home.models)
