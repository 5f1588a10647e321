"""A hub on this machine that speaks as the real one does, and misbehaves on order; clients that ask it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from badserver import BadServer, Behaviour, answer, head
from broadsheet.core.protocols import Progress
from broadsheet.encoders.hub import Hub, Listing
from http_kit import Clock, client

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LATER = "fedcba9876543210fedcba9876543210fedcba98"
LARGE = 4_096  # bytes from which a file is kept as large ones are, with a sha256 instead of the sha1 of git
REPOSITORY = "someone/tiny"


def stand_in(server: BadServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the hub's library take a server for its own, with an empty cache in ``folder`` and no stored token."""
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", server.url(""))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(folder / "token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)


def entry(name: str, body: bytes) -> dict[str, Any]:
    """How the hub describes a file."""
    blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
    made: dict[str, Any] = {"rfilename": name, "size": len(body), "blobId": blob}
    if len(body) >= LARGE:
        made["lfs"] = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "pointerSize": 134}
    return made


def ranged(body: bytes) -> Behaviour:
    """The whole file, or the rest of it where that is asked for."""

    def behave(line: Any, headers: dict[str, str]) -> None:
        start = int(headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        told: dict[str, Any] = {"Content-Length": len(body) - start}
        if start:
            told["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        line.sendall(head(206 if start else 200, told) + body[start:])

    return behave


def cut_after(body: bytes, sent: int) -> Behaviour:
    """The beginning of a file, then the connection breaks."""
    return lambda line, _: line.sendall(head(200, {"Content-Length": len(body)}) + body[:sent])


def serve(server: BadServer, folder: Path, *, commit: str = COMMIT, **more: Any) -> dict[str, bytes]:
    """Offer the files of a folder as a repository; return them by name. ``more`` goes into the description."""
    bodies = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    bodies |= {"README.md": b"# A model", "pytorch_model.bin": b"a pickle", "onnx/model.onnx": b"another format"}
    siblings = [entry(name, body) for name, body in bodies.items()]
    described = {"id": REPOSITORY, "sha": commit, "siblings": siblings, "cardData": {"license": "mit"}} | more
    for revision in ("main", commit):
        describe(server, described, revision=revision)
    for name, body in bodies.items():
        server.on(resolved(name, commit), ranged(body))
    return bodies


def describe(server: BadServer, described: Any, *, revision: str = "main") -> None:
    """Answer with this description of the repository."""
    server.on(f"/api/models/{REPOSITORY}/revision/{revision}", answer(200, json.dumps(described).encode()))


def resolved(name: str, commit: str = COMMIT) -> str:
    """The path of a file."""
    return f"/{REPOSITORY}/resolve/{commit}/{name}"


def hub(server: BadServer, clock: Clock, *, token: str = "", **limits: Any) -> Hub:
    """The hub at a server, asked by a client that waits by a clock of its own."""
    return Hub(client(clock, **limits), address=server.url(""), token=token)


def fetched(server: BadServer) -> list[str]:
    """The names of the files that were asked for."""
    return [path.split("/resolve/")[1].partition("/")[2] for path, _ in server.requests if "/resolve/" in path]


def silently(_: Listing) -> Progress:
    return lambda _done, _total: None
