"""The hub's answers are read with mistrust: each that is refused is one plain line, and no file is asked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from badserver import BadServer, answer, dripping, head, redirect, silent
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.hub import (
    File,
    Listing,
    Reference,
    matches,
    model_files,
    read_reference,
    require_reference,
    snapshot_of,
)
from http_kit import Clock
from hub_kit import COMMIT, REPOSITORY, cut_after, describe, entry, fetched, hub, ranged, resolved, serve

ASKED = Reference(REPOSITORY)


def refused(server: BadServer, clock: Clock, asked: Reference = ASKED, **options: Any) -> str:
    with pytest.raises(ModelError) as caught:
        hub(server, clock, **options).listing(asked)
    assert "\n" not in str(caught.value)
    assert fetched(server) == []
    return str(caught.value)


def listing(**bodies: bytes) -> Listing:
    rows = {name.replace("_", "."): entry(name, body) for name, body in bodies.items()}
    files = {
        name: File(row["size"], row["lfs"]["sha256"] if "lfs" in row else row["blobId"]) for name, row in rows.items()
    }
    return Listing(REPOSITORY, COMMIT, "", files)


def fetch(server: BadServer, clock: Clock, listed: Listing, folder: Path, *, token: str = "", **limits: Any) -> str:
    """Fetch the one file; what was wrong, if anything."""
    (name,) = listed.files
    said = ""
    try:
        hub(server, clock, token=token, **limits).fetch(listed, name, folder, int)
    except ModelError as error:
        said = str(error)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a/b", Reference("a/b")),
        ("some-one/Tiny_1.5", Reference("some-one/Tiny_1.5")),
        ("a/b@v1.0", Reference("a/b", "v1.0")),
        ("a/b@refs/pr/2", Reference("a/b", "refs/pr/2")),
        ("a", None), ("a/b/c", None), ("/a/b", None), ("./a", None), ("a/..", None), ("a/b@", None),
        ("a/b@x/../y", None),
        ("a/b c", None), ("https://a/b", None), ("a/" + "b" * 200, None), ("a/b@" + "c" * 300, None), ("", None),
    ],
)  # fmt: skip
def test_names_on_a_hub(text: str, read: Reference | None) -> None:
    assert read_reference(text) == read
    assert read is None or str(read) == text


def test_what_is_not_a_name_on_a_hub_is_refused_with_the_form() -> None:
    with pytest.raises(UsageError, match="expected ORG/NAME or ORG/NAME@REVISION"):
        require_reference("minilm")
    assert require_reference("a/b").revision == ""


def test_only_json_and_safetensors_of_the_model_and_its_modules_are_wanted() -> None:
    there = [
        "config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json", "2_Dense/model.safetensors",
        "modules.json", "pytorch_model.bin", "modeling.py", "README.md", "onnx/model.onnx", "onnx/config.json",
        "model_fp16.safetensors", "2_Dense/pytorch_model.bin", "../config.json", "1_Pooling/../config.json",
        "hub.json", "a/b/config.json", ".hidden.json", "spiece.model",
    ]  # fmt: skip
    assert model_files(there) == [
        "1_Pooling/config.json", "2_Dense/model.safetensors", "config.json", "model.safetensors", "modules.json",
        "tokenizer.json",
    ]  # fmt: skip


def test_a_listing_names_commit_licence_sizes_and_hashes(server: BadServer, clock: Clock, folder: Path) -> None:
    bodies = serve(server, folder)
    listed = hub(server, clock).listing(ASKED)
    assert (listed.commit, listed.licence) == (COMMIT, "mit")
    assert set(listed.files) == {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert listed.size == sum(len(bodies[name]) for name in listed.files)
    assert {len(file.hash) for file in listed.files.values()} == {40, 64}
    assert str(listed) == f"{REPOSITORY}: {listed.size / 1e6:.1f} MB in 6 files"
    assert server.requests[0][0] == f"/api/models/{REPOSITORY}/revision/main?blobs=true"
    assert "authorization" not in server.requests[0][1]


def test_the_hubs_own_library_reads_the_same_listing(
    server: BadServer, clock: Clock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers of our server are those of the hub: its library understands them as we do."""
    monkeypatch.setattr(pytest.importorskip("huggingface_hub.constants"), "HF_HUB_OFFLINE", False)
    api = pytest.importorskip("huggingface_hub").HfApi(endpoint=server.url(""), token=False)
    serve(server, folder)
    read = api.model_info(REPOSITORY, revision="main", files_metadata=True, timeout=5)
    listed = hub(server, clock).listing(ASKED)
    theirs = {each.rfilename: each for each in read.siblings if each.rfilename in listed.files}
    assert (read.sha, read.card_data.license) == (listed.commit, listed.licence)
    assert listed.files == {
        name: File(each.lfs.size, each.lfs.sha256) if each.lfs else File(each.size, each.blob_id)
        for name, each in theirs.items()
    }


def test_a_revision_is_asked_for_by_its_name(server: BadServer, clock: Clock, folder: Path) -> None:
    serve(server, folder)
    server.on(
        f"/api/models/{REPOSITORY}/revision/refs%2Fpr%2F2",
        *server.behaviours[f"/api/models/{REPOSITORY}/revision/main"],
    )
    assert hub(server, clock).listing(Reference(REPOSITORY, "refs/pr/2")).commit == COMMIT


def test_gated_missing_and_renamed_each_say_what_to_do(server: BadServer, clock: Clock) -> None:
    path = f"/api/models/{REPOSITORY}/revision/main"
    server.on(path, answer(401, b'{"error":"Access is restricted"}', X_Error_Code="GatedRepo"))
    assert "no token was given (status 401). Accept its terms on its page, then set HF_TOKEN" in refused(server, clock)
    assert "the token that was given does not open it" in refused(server, clock, token="hf_x")
    server.on(path, answer(403, b"no"))
    assert "gated or private" in refused(server, clock)
    server.on(path, answer(404, b"{}", X_Error_Code="RepoNotFound"))
    assert "The hub has no someone/tiny: check the spelling" in refused(server, clock)
    server.on(f"/api/models/{REPOSITORY}/revision/v9", answer(404, b"{}", X_Error_Code="RevisionNotFound"))
    assert "someone/tiny has no revision 'v9'" in refused(server, clock, Reference(REPOSITORY, "v9"))


def test_a_slow_a_silent_and_an_absent_hub_are_one_line(server: BadServer, clock: Clock) -> None:
    path = f"/api/models/{REPOSITORY}/revision/main"
    server.on(path, dripping(head(200, {}), every=0.01, for_seconds=3))
    assert "took longer than 0.2 s" in refused(server, clock, total=0.2)
    server.on(path, silent(1))
    assert "sent nothing for 0.1 s; tried 3 times" in refused(server, clock, read=0.1)
    server.on(path, redirect(path))
    assert "more than 5 redirects" in refused(server, clock)
    server.on(path, answer(429, b"slow down", Retry_After="86400"))
    assert "it asks to wait 86400 s" in refused(server, clock)
    server.on(path, answer(200, b"x" * 3_000_000))
    assert "larger than the 1,000,000 bytes allowed" in refused(server, clock)


@pytest.mark.parametrize(
    "body",
    [b"not json", b"[]", b"{}", b'{"sha": 5, "siblings": []}', b'{"sha": "main", "siblings": []}', b"[" * 100_000,
     json.dumps({"sha": COMMIT, "siblings": [{"size": 3}]}).encode(),
     json.dumps({"sha": COMMIT, "siblings": 7}).encode(),
     json.dumps({"sha": COMMIT, "siblings": [None]}).encode()],
)  # fmt: skip
def test_an_answer_that_is_no_description_is_refused(server: BadServer, clock: Clock, body: bytes) -> None:
    server.on(f"/api/models/{REPOSITORY}/revision/main", answer(200, body))
    assert "The hub's answer about someone/tiny is not understood" in refused(server, clock)


def described(*names: str, **changes: Any) -> dict[str, Any]:
    """A description with small files of these names, and changes to all of them."""
    return {"sha": COMMIT, "siblings": [entry(name, b"{}") | changes for name in names]}


LEAST = ("config.json", "tokenizer.json", "model.safetensors")


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (described("config.json", "tokenizer.json", "pytorch_model.bin"), "pytorch_model.bin is a pickle and is not"),
        (described("config.json", "tokenizer.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors"),
         "its weights are in several files, which is not offered"),
        (described("config.json", "tokenizer.json"), "it has no weights"),
        (described("config.json", "model.safetensors"), "has no tokenizer.json. It may run as st:someone/tiny"),
        (described(*LEAST, "../evil.json"), "names a file outside its folder ('../evil.json'). Do not trust"),
        (described(*LEAST, "/etc/passwd"), "names a file outside its folder"),
        (described(*LEAST, "a\\..\\b.json"), "names a file outside its folder"),
        (described(*LEAST, size=1 << 40), "expected at most"),
        (described(*LEAST, size=-1), "expected at most"),
        (described(*LEAST, size="9"), "expected at most"),
        (described(*LEAST, blobId="latest"), "is not understood (ValueError no hash of config.json)"),
        (described(*LEAST, *(f"{i}_Dense/config.json" for i in range(60))), "in 63 files; expected at most"),
        (described(*(f"x{i}.md" for i in range(10_001))), "has 10,001 files"),
    ],
)  # fmt: skip
def test_a_repository_without_a_model_that_can_be_read(
    server: BadServer, clock: Clock, description: dict[str, Any], words: str
) -> None:
    describe(server, description)
    assert words in refused(server, clock, max_bytes=8_000_000)


def test_a_model_that_is_too_large_is_refused_before_a_byte_is_fetched(server: BadServer, clock: Clock) -> None:
    large = {"size": 5 << 30, "sha256": "0" * 64}
    described_ = described(*LEAST)
    described_["siblings"][2]["lfs"] = large
    describe(server, described_)
    assert "expected at most" in refused(server, clock)


def test_a_file_is_fetched_whole_and_compared(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    for body in (b"", b"{}", b"x" * 5_000):
        server.on(resolved("config.json"), ranged(body))
        there = tmp_path / str(len(body)) / "config.json"
        assert fetch(server, clock, listing(config_json=body), there.parent) == ""
        assert there.read_bytes() == body
    assert matches(there, listing(config_json=b"x" * 5_000).files["config.json"])
    assert not matches(there, listing(config_json=b"y" * 5_000).files["config.json"])


def test_a_file_that_is_there_is_not_fetched_again_and_a_longer_one_is(
    server: BadServer, clock: Clock, tmp_path: Path
) -> None:
    server.on(resolved("a.json"), ranged(b"{}"))
    (tmp_path / "a.json").write_bytes(b"{}")
    assert fetch(server, clock, listing(a_json=b"{}"), tmp_path) == ""
    assert server.requests == []
    (tmp_path / "a.json").write_bytes(b"{} and more")
    assert fetch(server, clock, listing(a_json=b"{}"), tmp_path) == ""
    assert len(server.requests) == 1


def test_a_file_goes_on_where_the_connection_broke(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    body = bytes(range(256)) * 40
    server.on(resolved("a.json"), cut_after(body, 3_000), cut_after(body, 2_000), ranged(body))
    assert fetch(server, clock, listing(a_json=body), tmp_path) == ""
    assert (tmp_path / "a.json").read_bytes() == body
    ranges = [headers.get("range") for _, headers in server.requests]
    assert ranges == [None, "bytes=3000-", "bytes=2000-"]


def test_what_came_stays_for_the_next_attempt(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    body = bytes(range(256)) * 40
    server.on(resolved("a.json"), cut_after(body, 3_000))
    assert "someone/tiny" in (said := fetch(server, clock, listing(a_json=body), tmp_path))
    assert "ended early; tried 3 times" in said
    assert (tmp_path / "a.json").stat().st_size == 3_000
    server.on(resolved("a.json"), ranged(body))
    assert fetch(server, clock, listing(a_json=body), tmp_path) == ""
    assert server.requests[-1][1]["range"] == "bytes=3000-"


def test_a_file_that_differs_from_its_hash_does_not_stay(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    for good, bad in ((b"{1}", b"{2}"), (b"x" * 5_000, b"y" * 5_000)):
        server.on(resolved("a.json"), ranged(bad))
        said = fetch(server, clock, listing(a_json=good), tmp_path)
        assert "is not what the hub announced: its hash differs" in said
        assert not (tmp_path / "a.json").exists()


def test_a_wrong_length_a_larger_and_a_packed_file_are_refused(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    listed = listing(a_json=b"x" * 100)
    server.on(resolved("a.json"), answer(200, b"x" * 60, Content_Length=60))
    assert "ended early" in fetch(server, clock, listed, tmp_path)
    server.on(resolved("a.json"), answer(200, b"x" * 101))
    assert "larger than the 100 bytes that were announced" in fetch(server, clock, listed, tmp_path)
    server.on(resolved("a.json"), answer(200, b"x" * 500, Content_Length=None))
    assert "larger than the 100 bytes" in fetch(server, clock, listed, tmp_path)
    server.on(resolved("a.json"), answer(200, b"x" * 100, Content_Encoding="gzip"))
    assert "packed as 'gzip'" in fetch(server, clock, listed, tmp_path)


def test_a_slow_and_a_silent_file_end(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    listed = listing(a_json=b"a" * 1_000)
    server.on(resolved("a.json"), dripping(head(200, {}), every=0.01, for_seconds=3))
    assert "took longer than 0.21 s" in fetch(server, clock, listed, tmp_path, total=0.2)
    server.on(resolved("a.json"), silent(1))
    assert "sent nothing for 0.1 s" in fetch(server, clock, listed, tmp_path, read=0.1)


def test_a_redirect_to_another_host_gets_no_token(server: BadServer, clock: Clock, tmp_path: Path) -> None:
    """As the hub does: the files themselves lie with another host, whose address it gives."""
    server.on(resolved("a.json"), redirect(server.url("/store/1", host="files.test")))
    server.on("/store/1", ranged(b"{}"))
    resolve = {"resolve": lambda host, _: ["127.0.0.1"]}
    assert fetch(server, clock, listing(a_json=b"{}"), tmp_path, token="hf_secret", **resolve) == ""
    asked = {path: headers.get("authorization") for path, headers in server.requests}
    assert asked == {resolved("a.json"): "Bearer hf_secret", "/store/1": None}
    assert server.requests[-1][1]["host"].startswith("files.test")


@pytest.mark.parametrize(("there", "words"), [("file:///etc/passwd", "https:// or http://"), ("", "without saying")])
def test_a_redirect_to_where_no_file_can_be(
    server: BadServer, clock: Clock, tmp_path: Path, there: str, words: str
) -> None:
    server.on(resolved("a.json"), redirect(there) if there else answer(302))
    assert words in fetch(server, clock, listing(a_json=b"{}"), tmp_path)
    assert not (tmp_path / "a.json").exists()


def test_the_cache_of_the_hubs_library_is_found_without_the_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path
) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    assert snapshot_of(ASKED) is None
    home = tmp_path / "hub" / "models--someone--tiny"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text(COMMIT)
    (home / "snapshots").mkdir()
    folder.rename(home / "snapshots" / COMMIT)
    assert snapshot_of(ASKED) == home / "snapshots" / COMMIT
    assert snapshot_of(Reference(REPOSITORY, COMMIT)) == home / "snapshots" / COMMIT
    assert snapshot_of(Reference(REPOSITORY, "v2")) is None
    (home / "snapshots" / COMMIT / "model.safetensors").unlink()
    assert snapshot_of(ASKED) is None


def test_without_the_hubs_library_its_cache_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert snapshot_of(ASKED) is None
