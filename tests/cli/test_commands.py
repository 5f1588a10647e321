"""The command line from beginning to end: what it prints, its JSON, its exit codes and its one-line errors."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet.cli.app import EXIT_CODES, run
from broadsheet.core.errors import BroadsheetError

PAPERS = [
    {"id": "m1", "title": "Bees that count flowers", "abstract": "Bees were trained to count. They reached four.",
     "authors": ["Ada Made", "Bo Other"], "date": "2024-03-05", "venue": "InsectConf", "github": "https://example.org/bees"},
    {"id": "m2", "title": "Rivers and their sand", "abstract": "Sand moves with the river. A model tells how far.",
     "date": "2023-01-02", "votes": 7},
    {"id": "m3", "title": "Hives under stress", "abstract": "Bees that hunger grow silent.", "year": 2022},
]  # fmt: skip
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Collection's folder that asks for the hash encoder, and a file of papers beside it."""
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\n')
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(folder))
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    """Runs a command line; gives its exit code and what it printed on both streams."""

    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(arguments)
        return code, *capfd.readouterr()

    return command


@pytest.fixture
def filled(call: Call) -> Call:
    assert call("ingest", "jsonl:papers.jsonl", "--sync")[0] == 0
    return call


def asked(call: Call, *arguments: str) -> Any:
    code, out, _ = call(*arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_ingest_counts_and_says_what_comes_next(call: Call) -> None:
    code, out, err = call("ingest", "jsonl:papers.jsonl")
    assert (code, out.splitlines()[-1].split(), "broadsheet sync" in err) == (
        0, ["jsonl:papers.jsonl", "3", "0", "0", "0"], True,
    )  # fmt: skip
    [again] = asked(call, "ingest", "jsonl:papers.jsonl")
    assert {name: again[name] for name in ("new", "changed", "same", "bad", "error")} == {
        "new": 0, "changed": 0, "same": 3, "bad": 0, "error": "",
    }  # fmt: skip
    assert asked(call, "sync") == {"indexed": 3, "encoded": 3, "kept": 0, "removed": 0, "cut": 0}
    assert "up to date" in call("sync")[1]


def test_search_shows_papers_and_marks_nothing_foreign(filled: Call) -> None:
    code, out, _ = filled("search", "counting", "bees", "--parts")
    assert code == 0
    assert out.startswith("1  Bees that count flowers")
    assert "Ada Made, Bo Other · InsectConf · 2024-03-05" in out
    assert "score" in out
    assert "words" in out


def test_search_json(filled: Call) -> None:
    found = asked(filled, "search", "counting bees", "-k", "2")
    assert {"query", "mode", "offset", "more", "note", "items"} == set(found)
    first = found["items"][0]
    assert {"rank", "score", "strength", "pinned", "passage", "matched", "parts", "document"} == set(first)
    assert (first["rank"], first["document"]["title"]) == (1, "Bees that count flowers")
    assert {"score", "rank", "contribution"} == set(first["parts"]["lexical"])
    start, end = first["matched"][0]
    assert first["passage"][start:end].lower() in ("bees", "count")


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--since", "2024"], {"Bees that count flowers"}),
        (["--until", "2022"], {"Hives under stress"}),
        (["--has-code"], {"Bees that count flowers"}),
        (["--min-votes", "5"], {"Rivers and their sand"}),
        (["--venue", "insectconf"], {"Bees that count flowers"}),
        (["--author", "made"], {"Bees that count flowers"}),
        (["--source", "page"], set()),
    ],
)
def test_conditions_hold(filled: Call, options: list[str], titles: set[str]) -> None:
    found = asked(filled, "search", "bees in sand", *options)
    assert {item["document"]["title"] for item in found["items"]} == titles
    assert bool(found["note"]) == (not titles)


def test_show_and_similar(filled: Call) -> None:
    id_ = asked(filled, "search", "Rivers and their sand")["items"][0]["document"]["id"]
    assert "Sand moves with the river" in filled("show", id_)[1]
    assert asked(filled, "show", id_)["votes"] == 7
    near = asked(filled, "similar", id_)["items"]
    assert len(near) == 2
    assert id_ not in [item["document"]["id"] for item in near]


def test_export_goes_in_again_as_it_was(filled: Call, tmp_path: Path) -> None:
    assert filled("export", "all.jsonl")[0] == 0
    assert filled("ingest", "jsonl:all.jsonl", "--data", "other")[0] == 0
    assert filled("export", "--data", "other")[1] == (tmp_path / "all.jsonl").read_text("utf-8")
    assert filled("export", "all.jsonl")[0] == 5
    assert filled("export", "all.jsonl", "--force")[0] == 0


def test_backup_is_a_collection(filled: Call, tmp_path: Path) -> None:
    assert filled("backup", "copy")[0] == 0
    assert asked(filled, "sync", "--data", "copy")["indexed"] == 3
    assert asked(filled, "search", "bees", "--data", "copy")["items"]
    code, _, err = filled("backup", "copy")
    assert (code, "exists already" in err) == (5, True)


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


def test_a_source_that_breaks_off_keeps_what_came(call: Call, tmp_path: Path) -> None:
    whole = json.dumps([{"title": f"Paper {n}", "abstract": f"About {n}."} for n in range(50)])
    (tmp_path / "cut.jsonl").write_text(whole[:-100])
    code, _, err = call("ingest", "jsonl:cut.jsonl")
    assert (code, err.count("\n"), "cut.jsonl" in err) == (4, 2, True), err
    assert asked(call, "status")["collection"]["facts"]["papers"] > 40


def test_sources_are_followed_listed_and_left(call: Call) -> None:
    assert call("sources", "add", "jsonl:papers.jsonl")[0] == 0
    assert [each["name"] for each in asked(call, "sources", "list")] == ["jsonl:papers.jsonl"]
    assert asked(call, "ingest")[0]["new"] == 3
    assert asked(call, "sources", "list")[0]["run"]["new"] == 3
    assert call("sources", "remove", "jsonl:papers.jsonl")[0] == 0
    assert call("ingest")[0] == 3


def test_up_once_fills_shows_and_can_be_repeated(call: Call) -> None:
    code, out, _ = call("up", "--once")
    assert (code, out.count("›")) == (0, 3)
    assert "289 papers" in out
    assert call("up", "--once")[1].endswith(out[out.index("289 papers can") :])
    assert call("shelf", "--remove")[0] == 0
    call("up", "--once")
    assert asked(call, "status")["collection"]["facts"]["papers"] == 0, "what was taken away stays away"


def test_shelf_lists_what_each_paper_is_offered_by(call: Call) -> None:
    rows = asked(call, "shelf")
    assert len(rows) == 289
    assert all(row["offer"] for row in rows)


def test_doctor_checks_everything(filled: Call) -> None:
    found = {each["name"]: each for each in asked(filled, "doctor")}
    assert {"packages", "sqlite", "processor", "disk", "encoder", "space", "bad records"} <= set(found)
    assert found["encoder"]["facts"]["encoder"] == "hash"
    assert all(each["advice"] for each in found.values() if each["level"] == "warn")


def test_doctor_without_a_collection_says_how_to_make_one(call: Call) -> None:
    found = asked(call, "doctor", "--data", "nowhere")
    assert (found[-1]["name"], found[-1]["level"], found[-1]["advice"]) == ("collection", "warn", "broadsheet up")


def test_encoders_are_listed_with_what_hinders_them(call: Call) -> None:
    found = {each["name"]: each for each in asked(call, "encoders")}
    assert (found["hash"]["ready"], found["hash"]["dim"]) == (True, 256)
    assert "broadsheet distil" in found["static"]["why"]


def test_evaluate_prints_a_row_a_setting(call: Call, tmp_path: Path) -> None:
    task = tmp_path / "bees"
    task.mkdir()
    corpus = [{"_id": p["id"], "title": p["title"], "text": p["abstract"]} for p in PAPERS]
    (task / "corpus.jsonl").write_text("".join(json.dumps(each) + "\n" for each in corpus))
    (task / "queries.jsonl").write_text('{"_id": "q", "text": "sand of rivers"}\n')
    (task / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tm2\t1\n")
    rows = asked(call, "evaluate", "bees", "--encoder", "hash")
    assert {row["setting"] for row in rows} == {"lexical", "semantic", "rrf", "hybrid"}
    assert {"set", "setting", "measure", "value", "low", "high", "queries"} <= set(rows[0])
    assert [row["value"] for row in rows if row["setting"] == "lexical"] == [1.0]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["serch", "x"], 2, "Did you mean search"),
        (["search"], 2, "Missing argument"),
        (["search", "x", "--mode", "lexicl"], 2, "Did you mean lexical"),
        (["search", "x", "--since", "never"], 2, "2024-05-31"),
        (["search", "x", "--data", "nowhere"], 5, "no Collection in nowhere"),
        (["ingest", "jsnl:papers.jsonl"], 2, "Did you mean jsonl"),
        (["ingest", "jsonl:paper.jsonl"], 4, "papers.jsonl"),
        (["sources", "add", "arxiv:cs.IRX"], 2, "arxiv:cs.IR"),
        (["sources", "remove", "arxiv:cs.IR"], 3, "not followed"),
        (["show", "made:9"], 3, "broadsheet search"),
        (["show", "hives stress"], 3, "Hives under stress"),
        (["evaluate", "papers", "--encoder", "minilmm"], 2, "Did you mean minilm"),
        (["evaluate", "nowhere", "--encoder", "hash"], 3, "nowhere"),
        (["distil", "--encoder", "hash"], 2, "expected minilm"),
        (["shelf", "--add", "--remove"], 2, "choose one"),
    ],
)
def test_errors_are_one_line_with_a_way_out(filled: Call, arguments: list[str], code: int, words: str) -> None:
    got, _, err = filled(*arguments)
    assert (got, words in err) == (code, True), err
    assert err.startswith("broadsheet: ")
    assert err.count("\n") == 1
    assert code in EXIT_CODES


def test_debug_shows_where_an_error_came_from(call: Call) -> None:
    assert "Traceback" not in call("show", "x")[2]
    assert "Traceback" in call("show", "x", "--debug")[2]


def test_a_newer_collection_is_left_alone(filled: Call, home: Path) -> None:
    with sqlite3.connect(home / "store.db") as db:
        db.execute("PRAGMA user_version = 999")
    for arguments in (["search", "bees"], ["ingest", "jsonl:papers.jsonl"], ["status"]):
        code, _, err = filled(*arguments)
        assert (code, "newer Broadsheet" in err, err.count("\n")) == (5, True, 1)
    code, out, _ = filled("doctor")
    assert (code, "newer Broadsheet" in out) == (1, True)


def test_a_vector_of_another_encoder_is_never_mixed_in(filled: Call, home: Path) -> None:
    (home / "broadsheet.toml").write_text('encoder = "hash:64"\n')
    assert asked(filled, "sync")["encoded"] == 3, "another encoder has a Space of its own"
    (home / "spaces" / "hash-64").rename(home / "spaces" / "hash-128")
    (home / "broadsheet.toml").write_text('encoder = "hash:128"\n')
    assert filled("doctor")[0] == 1


def test_a_port_in_use_is_one_line(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("up", "serve"):
            call("up", "--once", "--no-shelf")
            code, _, err = call(command, "--port", port)
            assert (code, port in err, "--port" in err) == (2, True, True)


def test_foreign_text_cannot_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    title = "Bees \x1b[31m[red]and[/red] \x9b5m hives"
    (tmp_path / "evil.jsonl").write_text(json.dumps({"title": title, "abstract": f"{title}."}) + "\n")
    call("ingest", "jsonl:evil.jsonl", "--sync")
    for arguments in (["search", "bees"], ["search", "bees", "--json"], ["export"], ["up", "--once"]):
        out = call(*arguments)[1]
        assert "[red]and[/red]" in out or arguments == ["up", "--once"]
        assert "\x1b" not in out
        assert "\x9b" not in out


def _started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from broadsheet.cli import main; main()", *arguments]
    # a shell's background job has Ctrl-C switched off, and so would what it starts
    heeds = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **heeds, **options)


def test_interrupted_at_work(call: Call, tmp_path: Path) -> None:
    """Ctrl-C while an export waits for its reader."""
    long = [{"title": f"Paper {n}", "abstract": f"{n} " * 500} for n in range(300)]
    (tmp_path / "long.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in long))
    call("ingest", "jsonl:long.jsonl")
    with _started("export") as process:
        assert process.stdout
        process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().count("\n") == 1
    assert "interrupted" in err.decode()


def test_served_until_interrupted(filled: Call) -> None:
    with _started("serve", "--port", "0") as process:
        assert process.stdout
        assert b"Broadsheet is at http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(filled: Call) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "from broadsheet.cli import main; main()", "export"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, b"the disk is full" in done.stderr, done.stderr.count(b"\n")) == (5, True, 1)


def test_help_comes_without_anything_heavy(home: Path) -> None:
    code = (
        "import sys; from broadsheet.cli.app import run; run(['--help']); "
        "print([m for m in ('openvino', 'tantivy', 'fastapi', 'numpy', 'rich', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
    assert "Exit codes:" in done.stdout


def test_the_help_names_every_exit_code() -> None:
    kinds, todo = set[int](), [BroadsheetError]
    while todo:
        kind = todo.pop()
        kinds.add(kind.exit_code)
        todo += kind.__subclasses__()
    assert kinds <= set(EXIT_CODES)


def test_a_command_that_is_not_named_shows_the_help_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    from broadsheet.cli.app import run

    for arguments, line in (([], "  search    Find papers"), (["people"], "  invite  Let an address sign in.")):
        assert run(arguments) == 2
        assert any(each.startswith(line) for each in capsys.readouterr().err.splitlines())
