"""Models on a hub: which files a repository has at one commit, and those files, fetched and compared with their hashes.

ORG/NAME@REVISION -> the hub's description of it: the commit, and name, size and hash of every file (one short answer)
json, the tokenizer and safetensors -> a folder, each file whole and with the hash that was announced, or an error
nothing else is fetched: no pickle, no code, no other format; the bytes are known before the first one is asked for

The library of the hub is asked for its address, its token and its cache alone: its downloads have no bound on time,
compare sizes and no hashes, and follow any redirect.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from broadsheet import files
from broadsheet.core.errors import ModelError, SourceError, UsageError
from broadsheet.encoders.folder import WEIGHTS
from broadsheet.http import AnswerError, Client

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
RECORD = "hub.json"  # what ``encoders.models`` writes next to the files of a model
COMMIT = re.compile(r"[0-9a-f]{40}")
_WANTED = re.compile(rf"(?:\d{{1,2}}_[A-Za-z]{{1,40}}/)?(?:[A-Za-z0-9_-]{{1,60}}\.json|{re.escape(WEIGHTS)})")
_INDEX = f"{WEIGHTS}.index.json"
_PATH = re.compile(r"[^\\\0]{1,400}")
_MOST_FILES, _MOST_FETCHED = 10_000, 40
_MOST_JSON, _MOST_BYTES = 64 << 20, 4 << 30  # one json file; all files of a model


class Reference(NamedTuple):
    """``ORG/NAME`` on a hub, at a ``revision`` (a branch, a tag or a commit; empty: the main branch)."""

    repository: str
    revision: str = ""

    def __str__(self) -> str:
        return f"{self.repository}@{self.revision}" if self.revision else self.repository


def read_reference(text: str) -> Reference | None:
    """Read ``ORG/NAME`` or ``ORG/NAME@REVISION``; None if the text is not the name of a model on a hub."""
    repository, mark, revision = text.partition("@")
    parts = repository.split("/")
    plain = len(parts) == 2 and all(_NAME.fullmatch(part) and ".." not in part for part in parts)
    known = _REVISION.fullmatch(revision) and ".." not in revision if mark else True
    return Reference(repository, revision) if plain and known else None


def require_reference(text: str) -> Reference:
    """Read ``ORG/NAME`` or ``ORG/NAME@REVISION``; UsageError for anything else."""
    read = read_reference(text)
    if read is None:
        raise UsageError(f"{text[:100]!r} is not the name of a model; expected ORG/NAME or ORG/NAME@REVISION.")
    return read


class File(NamedTuple):
    """A file of a repository: its bytes, and the sha256 of large files or the sha1 of git of small ones, as hex."""

    size: int
    hash: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit: what it is licensed under, if it says so, and the files that a model needs."""

    repository: str
    commit: str
    licence: str = ""
    files: Mapping[str, File] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(file.size for file in self.files.values())

    def __str__(self) -> str:
        return f"{self.repository}: {self.size / 1e6:,.1f} MB in {len(self.files)} files"


class Hub:
    """The hub at ``address``. The ``token`` opens what needs one; it is sent to the hub alone."""

    def __init__(self, client: Client, *, address: str, token: str = "") -> None:
        self._client, self._address, self._token = client, address.rstrip("/"), token

    def listing(self, reference: Reference) -> Listing:
        """Ask what a repository has. ModelError if the hub does not say so, or has nothing that can be read here."""
        revision = quote(reference.revision or "main", safe="")
        url = f"{self._address}/api/models/{reference.repository}/revision/{revision}?blobs=true"
        try:
            answer = self._client.get(url, accept="application/json", token=self._token)
        except SourceError as error:
            raise self._refusal(reference, error) from None
        try:
            return _listing(reference, json.loads(answer.body))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ModelError(f"The hub's answer about {reference} is not understood ({_line(error)}).") from None

    def fetch(self, listing: Listing, name: str, folder: Path, held: Callable[[int], object]) -> None:
        """Bring one file of a listing into ``folder``, going on where an earlier attempt ended.

        ``held`` is told how many bytes of it are there. ModelError if it cannot be fetched (what came stays) or is not
        what was announced (nothing stays).
        """
        path, file = folder / name, listing.files[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        url = f"{self._address}/{listing.repository}/resolve/{listing.commit}/{quote(name)}"
        try:
            self._client.save(url, path, size=file.size, token=self._token, held=held)
        except SourceError as error:
            raise self._refusal(Reference(listing.repository, listing.commit), error) from None
        if matches(path, file):
            return
        files.remove(path)
        raise ModelError(
            f"{name} of {listing.repository} is not what the hub announced: its hash differs from {file.hash}. "
            "Nothing of it was kept. Try again, and do not trust this model if it happens again."
        )

    def _refusal(self, reference: Reference, error: SourceError) -> ModelError:
        status = error.status if isinstance(error, AnswerError) else 0
        code = str(error.headers.get("x-error-code", "")) if isinstance(error, AnswerError) else ""
        if code == "RevisionNotFound":
            return ModelError(
                f"{reference.repository} has no revision {reference.revision!r}: name a branch, tag or commit."
            )
        if status in (401, 403):
            given = "the token that was given does not open it" if self._token else "no token was given"
            return ModelError(
                f"{reference} is gated or private, or does not exist, and {given} (status {status}). Accept its terms "
                "on its page, then set HF_TOKEN to a token of yours with access to it."
            )
        if status == 404:
            return ModelError(f"The hub has no {reference}: check the spelling of ORG/NAME and of the revision.")
        return ModelError(f"{reference} could not be fetched: {_line(error)}")


def matches(path: Path, file: File) -> bool:
    """Return whether a file on the disk has the size and the hash that a hub announced."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    small = len(file.hash) == 40
    digest = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False) if small else hashlib.sha256()
    with path.open("rb") as opened:
        while piece := opened.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest() == file.hash


def snapshot_of(reference: Reference) -> Path | None:
    """Return the folder of a model in the cache that the hub's library keeps for all programs; never asks the network.
    The folder is named after the commit."""
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        return None
    try:
        revision = reference.revision or None
        found = [try_to_load_from_cache(reference.repository, name, revision=revision) for name in _LEAST]
    except (OSError, ValueError):
        return None
    paths = [Path(path) for path in found if isinstance(path, str)]
    return paths[0].parent if len(paths) == len(_LEAST) else None


_LEAST = ("config.json", "tokenizer.json", WEIGHTS)


def model_files(names: Iterable[str]) -> list[str]:
    """Return, sorted, the names of files that a model needs: json and safetensors at the top and in the folders of its
    modules (``1_Pooling``)."""
    return sorted(name for name in names if _WANTED.fullmatch(name) and name != RECORD)


def _listing(reference: Reference, answer: Any) -> Listing:
    commit, siblings = answer["sha"], answer["siblings"]
    if not isinstance(commit, str) or not COMMIT.fullmatch(commit) or not isinstance(siblings, list):
        raise ValueError("no commit")
    if len(siblings) > _MOST_FILES:
        raise ModelError(f"{reference} has {len(siblings):,} files; expected a model, with at most {_MOST_FILES:,}.")
    by_name = {str(each["rfilename"]): each for each in siblings}
    outside = [name for name in by_name if not _PATH.fullmatch(name) or name[0] == "/" or ".." in name.split("/")]
    if outside:
        raise ModelError(f"{reference} names a file outside its folder ({outside[0][:80]!r}). Do not trust this model.")
    names = model_files(by_name)
    _require(reference, set(by_name), names)
    found = {name: _file(name, by_name[name]) for name in names}
    total = sum(file.size for file in found.values())
    if total > _MOST_BYTES or len(found) > _MOST_FETCHED:
        raise ModelError(
            f"{reference} has {total:,} bytes in {len(found)} files; expected at most {_MOST_BYTES:,} in "
            f"{_MOST_FETCHED}: this is meant for small models."
        )
    card = answer.get("cardData")
    licence = card.get("license") if isinstance(card, dict) else ""
    return Listing(reference.repository, commit, licence[:60] if isinstance(licence, str) else "", found)


def _require(reference: Reference, there: set[str], names: list[str]) -> None:
    missing = [name for name in _LEAST if name not in names]
    if not missing:
        return
    way_out = f"It may run as st:{reference.repository} with the extra [torch]."
    if WEIGHTS not in missing:
        raise ModelError(f"{reference} has no {missing[0]}. {way_out}")
    pickles = sorted(name for name in there if name.endswith((".bin", ".pt", ".ckpt", ".pkl")))
    reason = f"{pickles[0][:80]} is a pickle and is not read" if pickles else "it has no weights"
    if _INDEX in there:
        reason = "its weights are in several files, which is not offered"
    raise ModelError(f"{reference} has no {WEIGHTS}: {reason}. {way_out}")


def _file(name: str, entry: Mapping[str, Any]) -> File:
    large = entry.get("lfs")
    size, digest = (large["size"], large["sha256"]) if isinstance(large, dict) else (entry["size"], entry["blobId"])
    most = _MOST_JSON if name.endswith(".json") else _MOST_BYTES
    if type(size) is not int or not 0 <= size <= most:
        raise ModelError(f"The hub says that {name} has {str(size)[:30]} bytes; expected at most {most:,}.")
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", digest):
        raise ValueError(f"no hash of {name}")
    return File(size, digest)


def _line(error: Exception) -> str:
    first = next(iter(str(error).strip().splitlines()), "")[:200]
    return first if isinstance(error, SourceError) else f"{type(error).__name__} {first}".strip()
