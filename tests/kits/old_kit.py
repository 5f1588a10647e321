"""An old Collection asked through its doors: what it answers, in a form that can be kept and compared.

A later version may tell more than an old one did, so that every field of an old answer must be in the new one; what
was said may not change, nor the order of a list. Only what explains an answer in a sentence may be worded otherwise,
but not fall silent. Long texts are kept by their beginning and a digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

BASE = "http://localhost:8000"
_LONGEST = 80
_TOLERANCE = 1e-5  # of a score
_WORDED = frozenset({"why", "rule", "origin"})  # fields that are sentences of ours
_LISTS = frozenset({"items", "newest"})  # what stands beside these under "note" is one too
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Visitor(TestClient):
    """Who asks: a browser (with the key of a session, if any), or a program with a token. Goes nowhere by itself."""

    def __init__(self, app: FastAPI, *, session: str = "", token: str = "") -> None:
        super().__init__(app, base_url=BASE, follow_redirects=False)
        if token:
            self.headers["authorization"] = f"Bearer {token}"
        if session:
            self.cookies.set("broadsheet", session, domain="localhost.local")  # as the client itself names it

    def press(self, path: str, page: str, *, files: Any = None, **fields: object) -> Any:
        """Send a form as the page that has it would."""
        found = _TOKEN.search(self.get(page).text)
        assert found, f"no form on {page}"
        return self.post(path, data={"token": found[1], **fields}, files=files, headers={"origin": BASE})


def command(*arguments: str) -> tuple[int, str]:
    """Run a command of the command line here; its exit code and what it printed."""
    from broadsheet.cli import main

    before, printed = sys.argv, io.StringIO()
    sys.argv = ["broadsheet", *arguments]
    try:
        with contextlib.redirect_stdout(printed), contextlib.suppress(KeyboardInterrupt):
            main()
    except SystemExit as end:
        return int(end.code or 0), printed.getvalue()
    finally:
        sys.argv = before
    raise AssertionError("a command ends with its exit code")


def answers(app: FastAPI, tokens: Mapping[str, str], questions: Sequence[Sequence[str]]) -> list[Any]:
    """What the site answers to each ``[who, path]``: the status and, of JSON, the body."""
    programs = {who: Visitor(app, token=token) for who, token in tokens.items()} | {"": Visitor(app)}
    found = []
    for who, path in questions:
        answer = programs[who].get(path)
        is_json = "json" in answer.headers.get("content-type", "")
        body = short(answer.json()) if is_json and answer.is_success else None
        found.append([who, path, answer.status_code, body])
    return found


def printed(folder: Path, commands: Sequence[Sequence[str]]) -> list[Any]:
    """What each command prints as JSON about a Collection."""
    found = []
    for each in commands:
        code, text = command(*each, "--data", str(folder), "--json")
        found.append([list(each), code, short(json.loads(text)) if text else None])
    return found


def short(value: Any) -> Any:
    """The same value with long texts cut to what they are known by, and numbers rounded."""
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:40]}... {hashlib.sha256(value.encode()).hexdigest()[:12]}"
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: short(each) for key, each in value.items()}
    return [short(each) for each in value] if isinstance(value, list) else value


def differences(old: Any, new: Any, place: str = "") -> list[str]:
    """Where a new answer does not say what the old one said; empty when it says all of it."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [each for key in old for each in _of_field(key, old, new, f"{place}/{key}")]
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return [f"{place}: had {len(old)} entries, has {len(new)}"]
        return [
            each for n, pair in enumerate(zip(old, new, strict=True)) for each in differences(*pair, f"{place}/{n}")
        ]
    if isinstance(old, float) and isinstance(new, (int, float)):
        return [] if abs(old - new) <= _TOLERANCE * max(1, abs(old)) else [f"{place}: was {old}, is {new}"]
    return [] if old == new else [f"{place}: was {old!r}, is {new!r}"]


def _of_field(key: str, old: dict[str, Any], new: dict[str, Any], place: str) -> list[str]:
    if key not in new:
        return [f"{place}: is gone"]
    if key in _WORDED or (key == "note" and _LISTS & old.keys()):
        return differences(bool(old[key]), bool(new[key]), place)
    return differences(old[key], new[key], place)
