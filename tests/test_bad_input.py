"""Bad input through the command line: a line that says what to do, the right exit code, the Collection intact."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import broadsheet as bs
from broadsheet.cli.app import EXIT_CODES, run
from broadsheet.config import Settings
from broadsheet.encoders.hash import HashEncoder
from broadsheet.locks import held
from broadsheet.server import create_app
from broadsheet.sources import files, stream
from broadsheet.store.papers import Papers

COUNT = 600
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty", "karst", "lagoon")
KNOWN = "Counting lighthouses from the sea"
COMMAND = [sys.executable, "-c", "from broadsheet.cli import main; main()"]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX")


def paper(number: int, **more: object) -> dict[str, object]:
    """A made-up paper, whose words do not pack well."""
    some = random.Random(number)
    words = [f"{some.choice(WORDS)}{some.randrange(5_000)}" for _ in range(25)]
    return {"id": f"m{number}", "title": f"Paper {number} on {words[0]}", "abstract": " ".join(words), **more}


def lines(*papers: dict[str, object]) -> str:
    return "".join(json.dumps(each) + "\n" for each in papers)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced Collection under the hash encoder."""
    folder = tmp_path_factory.mktemp("prepared") / "c"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\n')
    source = folder.parent / "first.jsonl"
    source.write_text(lines(paper(0, title=KNOWN), *map(paper, range(1, COUNT))))
    assert run(["ingest", f"jsonl:{source}", "--sync", "--data", str(folder)]) == 0
    return folder


class Desk:
    """A reader at a command line in a folder of their own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.here, self._capture = folder, folder.parent, capture

    def write(self, name: str, data: bytes | str) -> str:
        (self.here / name).write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        return name

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._capture.readouterr()
        code = run(arguments)
        return code, *self._capture.readouterr()

    def json(self, *arguments: str) -> Any:
        code, out, err = self(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    def refused(self, code: int, *arguments: str) -> str:
        """The one line with which a command ends; what it kept before may be told beside it."""
        got, _, err = self(*arguments)
        return the_line(got, err, code)

    def kept(self) -> int:
        return int(self.json("status")["collection"]["facts"]["papers"])

    def check_intact(self, papers: int = COUNT) -> None:
        """Whole, as many papers as before, found by words and by meaning."""
        assert sound(self.folder / "store.db")
        assert self.kept() == papers
        assert self("sync")[0] == 0
        found = self.json("search", "lighthouses counting", "-k", "3")
        assert (found["mode"], found["note"]) == ("hybrid", "")
        assert found["items"][0]["document"]["title"] == KNOWN


def the_line(got: int, err: str, code: int) -> str:
    said = [line for line in err.splitlines() if line.startswith("broadsheet: ")]
    assert (got, len(said)) == (code, 1), err
    assert code in EXIT_CODES
    assert "Traceback" not in err
    assert "unforeseen" not in err
    return said[0]


def sound(path: Path) -> bool:
    db = sqlite3.connect(path)
    try:
        whole: str = db.execute("PRAGMA integrity_check").fetchone()[0]
        return whole == "ok" and not db.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        db.close()


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    folder = tmp_path / "c"
    shutil.copytree(prepared, folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    return Desk(folder, capfd)


# What is cut off


@pytest.mark.parametrize("kind", ["jsonl", "hf", "openalex", "openreview"])
def test_truncated_json(desk: Desk, kind: str) -> None:
    desk.write("cut.json", json.dumps({"results": [paper(n) for n in range(3)]})[:-40])
    line = desk.refused(4, "ingest", f"{kind}:cut.json")
    assert "cut.json" in line
    assert "get " in line.split(";")[-1]
    desk.check_intact()


def test_a_truncated_line_is_a_bad_record(desk: Desk) -> None:
    desk.write("cut.jsonl", lines(paper(7_000), paper(7_001))[:-30])
    [done] = desk.json("ingest", "jsonl:cut.jsonl")
    assert (done["new"], done["bad"], done["error"]) == (1, 1, "")
    assert desk.json("status")["problems"][0]["where"] == "cut.jsonl:2"
    desk.check_intact(COUNT + 1)


def _bib(papers: list[dict[str, object]]) -> str:
    return "".join(
        f"@article{{k{p['id']},\n  title = {{{p['title']}}},\n  abstract = {{{p['abstract']}}},\n  year = 2020\n}}\n"
        for p in papers
    )


def _ris(papers: list[dict[str, object]]) -> str:
    return "".join(f"TY  - JOUR\nTI  - {p['title']}\nAB  - {p['abstract']}\nER  - \n" for p in papers)


def _csv(papers: list[dict[str, object]]) -> str:
    path = Path("made.csv")
    with path.open("w", newline="") as out:
        rows = csv.DictWriter(out, ["id", "title", "abstract"])
        rows.writeheader()
        rows.writerows(papers)
    return path.read_text()


def _atom(papers: list[dict[str, object]]) -> str:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2401.{number:05d}</id><title>{p['title']}</title><summary>{p['abstract']}"
        "</summary></entry>\n"
        for number, p in enumerate(papers, 1)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">\n{entries}</feed>'


PACKED = {
    "jsonl": (lambda papers: lines(*papers), "cut.jsonl.gz"),
    "csv": (_csv, "cut.csv.gz"),
    "bibtex": (_bib, "cut.bib.gz"),
    "ris": (_ris, "cut.ris.gz"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_of_a_truncated_gzip_file_what_came_before_is_kept(desk: Desk, kind: str) -> None:
    make, name = PACKED[kind]
    packed = gzip.compress(make([paper(n) for n in range(8_000, 8_060)]).encode())
    desk.write(name, packed[: len(packed) // 2])
    line = desk.refused(4, "ingest", f"{kind}:{name}")
    assert name in line
    assert "Get the file again" in line
    before = desk.kept()
    assert COUNT + 15 < before < COUNT + 60
    desk.check_intact(before)
    desk.write(name, packed)
    assert desk("ingest", f"{kind}:{name}")[0] == 0
    desk.check_intact(COUNT + 60)


# What is too large


@pytest.mark.parametrize("before", [1, 0])
def test_a_line_without_end_costs_only_itself_and_little_memory(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 2**16)
    monkeypatch.setattr(stream, "LONGEST_VALUE", 2**16)
    with Path("long.jsonl").open("wb") as out:
        out.write(lines(*map(paper, range(7_000, 7_000 + before))).encode() + b'{"title": "')
        for _ in range(40):
            out.write(b"x" * 2**20)
        out.write(b'"}\n' + lines(paper(7_100), paper(7_101)).encode())
    tracemalloc.start()
    [done] = desk.json("ingest", "jsonl:long.jsonl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (done["new"], done["bad"], done["error"]) == (before + 2, 1, "")
    assert peak < 12 * 2**20
    desk.check_intact(COUNT + before + 2)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><{root}><entry><title>&c;</title></entry></{root}>'
)


@pytest.mark.parametrize(("kind", "root"), [("arxiv", "feed"), ("acl", "collection"), ("feed", "rss")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb(desk: Desk, kind: str, root: str, encoding: str) -> None:
    desk.write("bomb.xml", BOMB.replace("{root}", root).encode(encoding))
    line = desk.refused(4, "ingest", f"{kind}:bomb.xml")
    assert "bomb.xml" in line
    assert "entities of its own" in line
    assert "refused" in line
    desk.check_intact()


def test_what_no_paper_holds_is_a_bad_record(desk: Desk) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    long = [{"title": "T" * 10**6}, {"title": "Long", "abstract": "a" * 10**7}]
    odd = [{"title": "Deep", "extra": {"deep": deep}}, {"id": 5, "title": 10**400}]
    desk.write("odd.jsonl", lines(*long, *odd, paper(7_000)))
    [done] = desk.json("ingest", "jsonl:odd.jsonl")
    assert (done["new"] + done["bad"], done["error"]) == (5, "")
    assert done["bad"] >= 3
    assert all(each["reason"] for each in desk.json("status")["problems"])
    desk.check_intact(COUNT + done["new"])


# What is broken


def test_bytes_that_are_not_utf8_cost_their_record_or_are_read_as_windows_1252(desk: Desk) -> None:
    desk.write("latin.jsonl", lines(paper(7_000)).encode() + '{"title": "Café"}\n'.encode("latin-1"))
    desk.write("latin.csv", "title\nWhöle\n".encode() + "Café\n".encode("latin-1"))
    desk.write("latin.bib", "@misc{a, title={Entire}}\n@misc{b, title={Café}}\n".encode("latin-1"))
    for source in ("jsonl:latin.jsonl", "csv:latin.csv"):  # both encodings are in the table
        [done] = desk.json("ingest", source)
        assert (done["new"], done["bad"]) == (1, 1)
        assert "not UTF-8" in desk.json("status", "--runs", "1")["problems"][0]["reason"]
    [done] = desk.json("ingest", "bibtex:latin.bib")
    assert (done["new"], done["bad"]) == (2, 0)
    desk.check_intact(COUNT + 4)


@posix
def test_a_file_whose_name_is_not_utf8(desk: Desk) -> None:
    name = os.fsdecode(b"caf\xe9.jsonl")
    desk.write(name, lines(paper(7_000)) + "broken\n")
    [done] = desk.json("ingest", f"jsonl:{name}")
    assert (done["new"], done["bad"]) == (1, 1)
    assert desk.json("status")["problems"][0]["where"] == "caf\ufffd.jsonl:2"
    assert "caf" in desk.refused(4, "ingest", "jsonl:.")
    desk.check_intact(COUNT + 1)


def test_one_broken_entry_among_500(desk: Desk) -> None:
    entries = [f"@misc{{k{n}, title={{Entry {n}}}, year={{2020}}}}\n" for n in range(500)]
    entries[250] = "@misc{k250, title={Entry 250, year={2020}\n"
    desk.write("refs.bib", "".join(entries))
    [done] = desk.json("ingest", "bibtex:refs.bib")
    assert (done["new"], done["bad"], done["error"]) == (499, 1, "")
    [problem] = desk.json("status")["problems"]
    assert (problem["where"], "braces" in problem["reason"]) == ("refs.bib:251", True)
    desk.check_intact(COUNT + 499)


def test_a_page_with_an_odd_number_of_blocks(desk: Desk) -> None:
    (desk.here / "pages").mkdir()
    desk.write("pages/odd.txt", "One title\n\nAn abstract that says more.\n\nA title alone\n")
    line = desk.refused(4, "ingest", "page:pages/odd.txt")
    assert "odd.txt" in line
    assert "3 blocks" in line
    assert "line 5" in line
    assert "Correct the file" in line
    desk.check_intact()
    desk.write("pages/even.txt", "Another title\n\nAn abstract that says much more.\n")
    assert "3 blocks" in desk.refused(4, "ingest", "page:pages")
    desk.check_intact(COUNT + 1)


def test_a_file_that_is_of_another_kind_is_no_silence(desk: Desk) -> None:
    desk.write("letter.txt", "Dear aunt, these are no references.\n")
    code, _, err = desk("ingest", "bibtex:letter.txt")
    assert (code, "bibtex:letter.txt brought no papers" in err) == (4, True)
    assert "no column 'title'" in desk.refused(4, "ingest", "csv:letter.txt")
    assert "letter.txt" in desk.refused(4, "ingest", "hf:letter.txt")
    desk.check_intact()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("arxv:cs.IR", "Did you mean arxiv"),
        ("lemma", "Known: acl, arxiv"),
        ("", "Known: acl, arxiv"),
        ("jsonl:", "jsonl:FILE"),
        ("arxiv:nonsense", "Archives: astro-ph"),
        ("hf:dayly", "hf:daily"),
        ("feed:nowhere", "https://HOST/PATH"),
    ],
)
def test_an_unknown_source(desk: Desk, source: str, says: str) -> None:
    for command in (["ingest"], ["sources", "add"]):
        assert says in desk.refused(2, *command, source)
    status = desk.json("status")
    assert len(status["runs"]) == 1, "nothing was begun"
    assert status["sources"]["facts"]["followed"] == []


# Models


def _pickle(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")


def _no_words(model: Path) -> None:
    (model / "tokenizer.json").unlink()


def _no_config(model: Path) -> None:
    (model / "config.json").unlink()


def _cut(model: Path) -> None:
    os.truncate(model / "model.safetensors", 1_000)


def _misshapen(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "intermediate_size": 64}))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (shutil.rmtree, "No model folder at model"),
        (_pickle, "pytorch_model.bin is a pickle and is not read"),
        (_no_words, "tokenizer.json"),
        (_no_config, "config.json"),
        (_cut, "model.safetensors is damaged or incomplete"),
        (_misshapen, "expected F32, F16 or BF16 (64, 16)"),
    ],
)
def test_a_folder_without_a_sound_model(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None], says: str
) -> None:
    from tinybert import write_tiny

    write_tiny(desk.here / "model")
    harm(desk.here / "model")
    with monkeypatch.context() as asked:
        asked.setenv("BROADSHEET_ENCODER", "bert:model")
        assert says in desk.refused(6, "sync")
        found = desk.json("search", "lighthouses")
        assert (found["mode"], "not their meaning" in found["note"]) == ("lexical", True)
        assert found["items"][0]["document"]["title"] == KNOWN
    desk.check_intact()


def test_an_unknown_encoder_is_told_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as asked:
        asked.setenv("BROADSHEET_ENCODER", "minilmm")
        for command in (["search", "x"], ["sync"], ["ingest", "jsonl:x"]):
            assert "Did you mean minilm?" in desk.refused(2, *command)
        desk.refused(2, "ingest", "jsonl:x", "--data", "new")
    assert not (desk.here / "new").exists(), "a slip of the hand makes no Collection"
    desk.check_intact()


# The Collection


def test_indexes_of_a_newer_version_are_left_alone(desk: Desk) -> None:
    for made in ("lexicon/state.json", "spaces/hash/current.json"):
        path = desk.folder / made
        old = path.read_text()
        path.write_text(json.dumps({**json.loads(old), "format": 99, "more": "facts"}))
        newer = path.read_bytes()
        assert "newer Broadsheet" in desk.json("search", "lighthouses")["note"]
        line = desk.refused(5, "sync")
        assert "pip install --upgrade broadsheet" in line
        assert "sync --rebuild" in line
        assert path.read_bytes() == newer
        path.write_text(old)
        desk.check_intact()
        path.write_bytes(newer)
        assert desk("sync", "--rebuild")[0] == 0
        desk.check_intact()


LIMITED = """
import resource, sys
from broadsheet.cli.app import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(run(sys.argv[2:]))
"""


def on_a_small_disk(size: int, *arguments: str) -> str:
    """The line with which a command ends when no file may grow past ``size`` bytes."""
    command = [sys.executable, "-c", LIMITED, str(size), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.count("\n") == 1, done.stderr
    return the_line(done.returncode, done.stderr, 5)


@posix
def test_a_full_disk_while_papers_come_in(desk: Desk) -> None:
    desk.write("more.jsonl", lines(*map(paper, range(8_000, 8_900))))
    line = on_a_small_disk((desk.folder / "store.db").stat().st_size - 100_000, "ingest", "jsonl:more.jsonl")
    assert "store.db" in line
    assert "the disk is full" in line
    kept = desk.kept()
    assert COUNT <= kept < COUNT + 900
    desk.check_intact(kept)
    assert desk("ingest", "jsonl:more.jsonl")[0] == 0
    desk.check_intact(COUNT + 900)


@posix
def test_a_full_disk_beneath_a_backup_is_not_laid_to_the_store(desk: Desk) -> None:
    line = on_a_small_disk(60_000, "backup", str(desk.folder / "copy"))
    assert f"{desk.folder / 'copy'}" in line
    assert "the disk is full" in line
    assert not (desk.folder / "copy").exists()
    desk.check_intact(COUNT)


@posix
@pytest.mark.parametrize(("size", "part"), [(40_000, "lexicon"), (800_000, "")])
def test_a_full_disk_during_a_sync(desk: Desk, size: int, part: str) -> None:
    desk.write("more.jsonl", lines(*map(paper, range(8_000, 8_900))))
    assert desk("ingest", "jsonl:more.jsonl")[0] == 0
    line = on_a_small_disk(size, "sync")
    assert str(desk.folder / part) in line
    assert "free some space" in line
    assert desk.json("search", "lighthouses counting")["items"][0]["document"]["title"] == KNOWN
    desk.check_intact(COUNT + 900)
    assert desk.json("search", str(paper(8_899)["title"]), "-k", "1")["items"][0]["document"]["id"] == "more:m8899"


LOCKED_OUT = """
import io, json, os, sys
from contextlib import redirect_stderr, redirect_stdout
from broadsheet.cli.app import run
folder, spare, *commands = sys.argv[1:]
def tell(data):
    for command in commands:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*command.split(), "--data", data])
        yield code, err.getvalue()
list(tell(spare))  # another user may be unable to read modules
if os.geteuid() == 0:
    os.setuid(65534)
print(json.dumps(list(tell(folder))))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach."""
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
    shutil.rmtree(folder)


@posix
def test_a_read_only_folder(desk: Desk, open_folder: Path) -> None:
    desk.write("more.jsonl", lines(paper(8_000)))
    shutil.copytree(desk.folder, open_folder / "c")
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(open_folder)], check=True)
    before = (open_folder / "c" / "store.db").read_bytes()
    commands = ["ingest jsonl:more.jsonl", "sync", "sources add arxiv:cs.IR", "backup copy"]
    arguments = [sys.executable, "-c", LOCKED_OUT, str(open_folder / "c"), str(desk.folder), *commands]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    for code, err in json.loads(done.stdout):
        *before_it, last = err.splitlines(keepends=True)
        line = the_line(code, last, 5)
        assert "may not be written" in line or "Permission denied" in line
        assert "check the permissions" in line
        assert all("is read-only" in each for each in before_it[:1])
        assert len(before_it) <= 1, err
    assert (open_folder / "c" / "store.db").read_bytes() == before
    assert sound(desk.folder / "store.db")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a lock finds that the time is over at once."""
    seconds = count(step=60)
    monkeypatch.setattr("broadsheet.locks.time", SimpleNamespace(monotonic=seconds.__next__, sleep=lambda _: None))


@pytest.mark.usefixtures("impatient")
def test_a_second_writer(desk: Desk) -> None:
    desk.write("more.jsonl", lines(paper(8_000)))
    with held(desk.folder / "store.db.lock"):
        line = desk.refused(5, "ingest", "jsonl:more.jsonl")
        assert "store.db" in line
        assert "wait for it to end, or stop it" in line
        assert desk.json("search", "lighthouses")["items"]
    assert desk("ingest", "jsonl:more.jsonl")[0] == 0
    with held(desk.folder / "cache" / "sync.lock"):
        assert "wait for it to end, or stop it" in desk.refused(5, "sync")
        assert desk.json("search", "lighthouses")["items"]
    desk.check_intact(COUNT + 1)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"Dear aunt, " * 400, "not an SQLite file"),
        (bytes(range(256)) * 400, "not an SQLite file"),
        (None, "damaged"),
    ],
)
def test_garbage_instead_of_a_store(desk: Desk, data: bytes | None, says: str) -> None:
    store = desk.folder / "store.db"
    for beside in desk.folder.glob("store.db-*"):
        beside.unlink()
    garbage = store.read_bytes()[:-300_000] if data is None else data
    store.write_bytes(garbage)
    for command in (["search", "x"], ["sync"], ["show", "m1"], ["export", "all.jsonl"], ["ingest", "jsonl:no"]):
        line = desk.refused(5, *command)
        assert str(store) in line
        assert says in line
        assert "restore a backup" in line
    assert store.read_bytes() == garbage, "what is there may be all that is left"


def test_a_file_where_a_folder_is_needed(desk: Desk) -> None:
    desk.write("file", "")
    assert "file" in desk.refused(5, "ingest", "jsonl:x.jsonl", "--data", "file")
    assert "no Collection in file" in desk.refused(5, "search", "x", "--data", "file")
    assert "name a file in it" in desk.refused(5, "export", ".", "--force")
    assert "check the name and its folder" in desk.refused(5, "export", "nowhere/all.jsonl")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("names = 5", "a list of texts"),
        ("port = 'x'", "a whole number"),
        ("port = ", "is not TOML"),
        ("\xff", "is not TOML"),
    ],
)
def test_broken_settings(desk: Desk, settings: str, says: str) -> None:
    (desk.folder / "broadsheet.toml").write_bytes(settings.encode("latin-1"))
    for command in (["status"], ["search", "x"], ["up", "--once"]):
        line = desk.refused(2, *command)
        assert "broadsheet.toml" in line
        assert says in line


@pytest.mark.parametrize("command", ["up", "serve"])
def test_an_impossible_port(desk: Desk, command: str) -> None:
    (desk.folder / "broadsheet.toml").write_text("port = 99999\n")
    assert "99999" in desk.refused(2, command)


# Who asks

HOSTILE = [
    "'; DROP TABLE documents; --",
    'AND OR NOT ( ) [ ] { } " * ? ~ ^ : \\ / + - && ||',
    "title:the",
    "title: abstract:of",
    'author:"" venue:\x00 source:\ufffe',
    "since:9999 until:0001",
    "votes:99999999999999999999",
    "\u202e\u2066 \x1b[31m lighthouses \ud800",
    "%00%ff../../etc/passwd",
    "{{7*7}} ${7*7} <script>alert(1)</script>",
    "lighthouses " * 9_000,
    "x" * 100_000,
    "( " * 5_000,
    "",
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_queries(desk: Desk, query: str) -> None:
    code, out, err = desk("search", query)
    assert code == 0, err
    assert not {"\x1b", "\x00", "\u202e", "\u2066"} & set(out + err)
    assert isinstance(desk.json("search", query, "--mode", "semantic")["items"], list)
    with bs.open(desk.folder) as collection:
        client = TestClient(create_app(collection, Settings()), base_url="http://localhost")
        typed = quote(query[:20_000], errors="replace")
        for address in ("/api/search", "/api/papers/search", "/search"):
            answer = client.get(f"{address}?q={typed}")
            assert answer.status_code == 200, answer.text
            assert "<script>alert" not in answer.text or "json" in answer.headers["content-type"]
    assert sound(desk.folder / "store.db")


@pytest.mark.parametrize("name", ["nobody", "", "../../etc/passwd", "\udcff", "x" * 100_000, "'; --", "%s%n{0}"])
def test_unknown_ids(desk: Desk, name: str) -> None:
    for command in ("show", "similar"):
        line = desk.refused(3, command, name)
        assert "no paper has the id" in line
        assert len(line) < 700
    with bs.open(desk.folder) as collection:
        client = TestClient(create_app(collection, Settings()), base_url="http://localhost")
        for address in ("/api/papers/{}/similar", "/api/papers/{}", "/paper/{}"):
            answer = client.get(address.format("n/" + quote(name[:5_000], errors="replace")))
            assert answer.status_code == 404


EVIL = [
    {"id": "e1", "title": 'Kelp <script>alert(1)</script> & "quotes" {{7*7}}', "abstract": "<img src=x onerror=alert(2)>"},  # noqa: E501
    {"id": "e2", "title": "Kelp \u202eesrever\u202c \u2066alone\u2069 \u200bzero", "abstract": "\u202ekelp\x00\x1b[2J"},
    {"id": "e3", "title": "Kelp \x00 and \x07\x1b[31mred\x9b5m", "authors": ["E\x00ve \u202e"], "venue": "<i>V</i>",
     "url": "javascript:alert(3)", "pdf": 'https://x.example/"onmouseover="alert(4)'},
    {"id": "e4", "title": "Kelp in one word", "abstract": "k" * 100_000 + " kelp"},
    {"id": "e5 <b>", "title": "Kelp \ud800 alone", "abstract": "Z" + "\u0301" * 2_000},
    {"id": "e6\u202e", "title": "Kelp with a name that cannot be printed"},
    {"id": "e7", "title": "K" * 100_000},
]  # fmt: skip


def test_hostile_papers_do_no_harm(desk: Desk) -> None:
    desk.write("evil.jsonl", lines(*EVIL))
    [done] = desk.json("ingest", "jsonl:evil.jsonl", "--sync")
    assert (done["new"], done["bad"]) == (5, 2)
    steering = {"\x00", "\x07", "\x1b", "\x9b", "\u202e", "\u2066", "\ud800"}
    found = [item["document"]["id"] for item in desk.json("search", "kelp", "-k", "5")["items"]]
    assert len(found) == 5
    shown = [["search", "kelp"], ["search", "kelp", "--json"], ["status"], ["status", "--json"], ["export"]]
    for command in [*shown, *(["show", name] for name in found), *(["similar", name] for name in found)]:
        code, out, err = desk(*command)
        assert (code, steering & set(out + err)) == (0, set()), command
    with bs.open(desk.folder) as collection:
        client = TestClient(create_app(collection, Settings()), base_url="http://localhost")
        for address in ("/", "/search?q=kelp", *(f"/paper/{quote(name, safe='/:')}" for name in found)):
            page = client.get(address)
            assert page.status_code == 200
            assert not steering & set(page.text)
            for harm in ("<script>alert", "<img src=x", 'href="javascript', '"onmouseover', "<i>V"):
                assert harm not in page.text
    desk.check_intact(COUNT + 5)
    assert desk("export", "all.jsonl")[0] == 0
    [again] = desk.json("ingest", "jsonl:all.jsonl", "--data", "other")
    assert (again["new"], again["bad"]) == (COUNT + 5, 0)


# Who goes away


def _interrupting(monkeypatch: pytest.MonkeyPatch, kind: type, method: str, at: int) -> None:
    """The ``at``-th call of a method is the last before Ctrl-C is pressed."""
    called = count(1)
    real = getattr(kind, method)

    def then(*arguments: Any, **options: Any) -> Any:
        answer = real(*arguments, **options)
        if next(called) == at:
            os.kill(os.getpid(), signal.SIGINT)
        return answer

    monkeypatch.setattr(kind, method, then)


@pytest.fixture
def heeding() -> Iterator[None]:
    """Interrupts are heeded: a shell starts what runs in the background with the word to ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@posix
@pytest.mark.usefixtures("heeding")
def test_an_ingest_interrupted_goes_on(desk: Desk) -> None:
    desk.write("more.jsonl", lines(*map(paper, range(8_000, 9_500))))
    with pytest.MonkeyPatch.context() as pressed:
        _interrupting(pressed, Papers, "put", 2)
        line = desk.refused(130, "ingest", "jsonl:more.jsonl")
    assert "what was committed is kept" in line
    assert desk.json("status")["runs"][0]["error"].startswith("interrupted")
    assert COUNT + 500 <= desk.kept() <= COUNT + 1_000
    [rest] = desk.json("ingest", "jsonl:more.jsonl")
    assert rest["new"] + rest["same"] == 1_500
    assert rest["same"] >= 500
    desk.check_intact(COUNT + 1_500)


@posix
@pytest.mark.usefixtures("heeding")
def test_a_sync_interrupted_goes_on(desk: Desk) -> None:
    desk.write("more.jsonl", lines(*map(paper, range(8_000, 8_900))))
    desk("ingest", "jsonl:more.jsonl")
    with pytest.MonkeyPatch.context() as pressed:
        _interrupting(pressed, HashEncoder, "encode", 2)
        assert "what was committed is kept" in desk.refused(130, "sync")
    assert desk.json("search", "lighthouses counting")["items"][0]["document"]["title"] == KNOWN
    assert 0 < desk.json("sync")["encoded"] < 900
    desk.check_intact(COUNT + 900)


@posix
def test_a_reader_of_the_output_who_leaves_early(desk: Desk) -> None:
    for arguments in (["export", "-"], ["search", "paper on", "-k", "600"]):
        with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline()
            process.stdout.close()
            said = process.stderr.read()
        assert (process.returncode, b"broadsheet:" in said, b"rror" in said) == (0, False, False), said


# Who says less than before


def test_an_answer_without_the_day_of_announcement_takes_none_away(desk: Desk) -> None:
    about = "<title>Tides of ink</title><summary>Ink has tides.</summary>"
    name = "<id>http://arxiv.org/abs/2403.00007v1</id>"
    announced = (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><item><title>Tides of ink</title>'
        "<link>https://arxiv.org/abs/2403.00007</link><description>Abstract: Ink has tides.</description>"
        "<arxiv:announce_type>new</arxiv:announce_type><pubDate>Mon, 04 Mar 2024 00:00:00 -0500</pubDate>"
        "</item></channel></rss>"
    )
    answer = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{name}{about}<published>2024-03-01T10:00:00Z</published>'
        "<updated>2024-03-01T10:00:00Z</updated></entry></feed>"
    )
    for said in (announced, answer, answer):
        desk.write("arxiv.xml", said)
        assert desk("ingest", "arxiv:arxiv.xml")[0] == 0
    shown = desk.json("show", "2403.00007")
    assert (shown["announced"], shown["submitted"]) == ("2024-03-04", "2024-03-01")
    assert desk.json("status")["runs"][0]["same"] == 1
