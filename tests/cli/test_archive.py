"""The commands export and import: what goes out comes in again."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

from broadsheet.cli import archive as commands
from cli_kit import Call
from door_kit import usage


def test_export_goes_in_again_as_it_was(filled: Call, tmp_path: Path) -> None:
    assert filled("export", "all.jsonl")[0] == 0
    assert filled("ingest", "jsonl:all.jsonl", "--data", "other")[0] == 0
    assert filled("export", "--data", "other")[1] == (tmp_path / "all.jsonl").read_text("utf-8")
    assert filled("export", "all.jsonl")[0] == 5
    assert filled("export", "all.jsonl", "--force")[0] == 0


def test_papers_for_other_programs(filled: Call) -> None:
    for form in ("bib", "ris", "csl", "csv", "rdf"):
        assert filled("export", f"papers.{form}", "--format", form)[0] == 0
    titles = {each["title"] for each in json.loads(Path("papers.csl").read_text("utf-8"))}
    with Path("papers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert titles == {row["title"] for row in csv.DictReader(file)}
    assert Path("papers.bib").read_text("utf-8").count("\n@") + 1 == len(titles)
    assert json.loads(filled("export", "--format", "csl")[1])
    assert filled("export", "--format", "atom")[0] == filled("export", "--all", "--format", "bib")[0] == 2


def test_everything_out_and_in(followed: Call, tmp_path: Path) -> None:
    followed("fetch")
    code, _, err = followed("export", "--all", "all.jsonl")
    assert code == 0
    assert "Wrote 1 records of papers and everything else to all.jsonl." in err
    assert stat.S_IMODE(Path("all.jsonl").stat().st_mode) == 0o600
    assert followed("export", "--with-secret", "-")[0] == 2
    assert followed("import", "all.jsonl", "--data", "../new")[0] == 2
    code, _, err = followed("import", "--all", "all.jsonl", "--data", "../new")
    assert code == 0
    assert "Imported 1 papers and 0 people" in err
    assert followed("import", "--all", "absent.jsonl")[0] == 3
    assert "secret" not in Path("all.jsonl").read_text()
    followed("export", "--all", "--with-secret", "secret.jsonl")
    assert '"secret":"' in Path("secret.jsonl").read_text()


def test_its_usage_stays() -> None:
    assert usage(commands.export) == {"--all", "--data", "--force", "--format", "--with-secret", "FILE"}
    assert usage(commands.import_) == {"--all", "--data", "FILE"}
