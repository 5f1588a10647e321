"""The commands status, doctor and verify: what is well, what is not, and what to do."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from broadsheet.cli import doctor as commands
from cli_kit import Call, asked
from door_kit import usage


def test_status_shows_bad_records_with_reasons(filled: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"title": "Whole"}\n{"title": \n')
    assert asked(filled, "ingest", "jsonl:bad.jsonl")[0]["bad"] == 1
    shown = asked(filled, "status")
    assert shown["collection"]["facts"]["papers"] == 4
    assert shown["space"]["facts"]["pending"] == 1
    assert shown["problems"][0]["where"] == "bad.jsonl:2"
    assert shown["runs"][0]["source"] == "jsonl:bad.jsonl"
    code, out, _ = filled("status")
    assert (code, "Bad records" in out, "→ broadsheet sync" in out) == (0, True, True)


def test_doctor_checks_everything(filled: Call) -> None:
    found = {each["name"]: each for each in asked(filled, "doctor")}
    assert {"packages", "sqlite", "processor", "disk", "encoder", "space", "bad records"} <= set(found)
    assert found["encoder"]["facts"]["encoder"] == "hash"
    assert all(each["advice"] for each in found.values() if each["level"] == "warn")


def test_doctor_without_a_collection_says_how_to_make_one(call: Call) -> None:
    found = asked(call, "doctor", "--data", "nowhere")
    assert (found[-1]["name"], found[-1]["level"], found[-1]["advice"]) == ("collection", "warn", "broadsheet up")


def test_verify_says_what_is_wrong_and_what_to_do(followed: Call, home: Path) -> None:
    followed("fetch")
    assert followed("verify", "--all")[0] == 0
    db = sqlite3.connect(home / "store.db")
    db.execute("UPDATE documents SET title = 'no' WHERE deleted = 0")
    db.commit()
    db.close()
    code, out, _ = followed("verify", "--json")
    assert code == 1
    found = {each["name"]: each for each in json.loads(out)}
    assert found["tables"]["level"] == "fail"
    assert "broadsheet verify --mend" in found["tables"]["advice"]
    code, _, err = followed("verify", "--mend")
    assert code == 0
    assert "Rebuilt the side tables of 1 papers; run `broadsheet sync`." in err


def test_its_usage_stays() -> None:
    assert usage(commands.status) == {"--data", "--json", "--runs"}
    assert usage(commands.doctor) == {"--data", "--json"}
    assert usage(commands.verify) == {"--all", "--data", "--json", "--mend"}
