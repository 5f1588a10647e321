"""Hugging Face's own client ``hf papers``, unchanged, against a running server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.server import create_app
from served import served
from site_kit import NOW, PAPERS, made

SUBMITTED = Document(
    id="2609.00007", title="Owls That Read Maps", text="Owls find north.", listed=PAPERS[0].announced, votes=3,
    source="hf:daily", 
    links={"code": "https://example.org/owls"},
    extra={"submitter": "Ada Example", "submitter_user": "adaex", "github_stars": 7, "organization": "The Flock",
           "ai_summary": "Owls read.", "ai_keywords": ["owls", "maps"]},
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
    assert [each["id"] for each in listed(hf, "ls", "--submitter", "AdaEx")] == ["2609.00007"]
    assert len(listed(hf, "ls", "--date", "2026-09-30", "--sort", "trending")) == 2


def test_each_call_of_the_clients_library_gives_what_is_known(address: str) -> None:
    api = HfApi(endpoint=address, token=False)
    (daily,) = api.list_daily_papers(date="2026-09-30T00:00:00.000Z", submitter="adaex")
    (search,) = api.list_papers(query="owls that read maps", limit=1)
    for paper in (daily, search, api.paper_info("2609.00007")):
        assert (paper.id, paper.title, paper.github_stars) == ("2609.00007", SUBMITTED.title, 7)
        assert (paper.ai_summary, paper.ai_keywords) == ("Owls read.", ["owls", "maps"])
        assert paper.github_repo == "https://example.org/owls"
        assert (paper.organization.fullname, paper.upvotes) == ("The Flock", 3)
        assert (paper.submitted_by.username, paper.submitted_by.fullname) == ("adaex", "Ada Example")
    (other,) = [each for each in api.list_daily_papers(date="2026-09-30") if each.id != "2609.00007"]
    assert (other.github_stars, other.ai_summary, other.organization, other.submitted_by) == (None,) * 4
    assert api.read_paper("2609.00007").startswith(f"# {SUBMITTED.title}")


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
