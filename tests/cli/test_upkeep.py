"""The commands backup, restore and upgrade, as somebody types them."""

from __future__ import annotations

from pathlib import Path

from broadsheet.cli import upkeep as commands
from broadsheet.wiring.collection import open_configured
from cli_kit import Call, asked
from door_kit import usage


def test_backup_is_a_collection(filled: Call, tmp_path: Path) -> None:
    assert filled("backup", "copy")[0] == 0
    assert asked(filled, "sync", "--data", "copy")["indexed"] == 3
    assert asked(filled, "search", "bees", "--data", "copy")["items"]
    code, _, err = filled("backup", "copy")
    assert (code, "exists already" in err) == (5, True)


def test_upgrade(followed: Call) -> None:
    code, _, err = followed("upgrade")
    assert code == 0
    assert "the newest one" in err


def test_backup_and_restore(followed: Call, home: Path) -> None:
    followed("fetch")
    assert followed("backup", "../b")[0] == 0
    code, _, err = followed("restore", "../b")
    assert code == 0
    assert "Restored 1 papers. The former Store is in" in " ".join(err.split())
    assert "No email is sent until you run `broadsheet digest resume`" in " ".join(err.split())
    assert followed("restore", "../nothing")[0] == 3


def test_its_usage_stays() -> None:
    assert usage(commands.backup) == {"--data", "TARGET"}
    assert usage(commands.restore) == {"--data", "FILE"}
    assert usage(commands.upgrade) == {"--data"}
    assert usage(commands.split) == {"--data", "--yes"}


def test_split_shows_first(followed: Call) -> None:
    followed("fetch")
    code, _, err = followed("split")
    assert (code, "No paper holds the records of several papers." in err) == (0, True)


BOOK = "@book{{{key}, title={{{title}}}, author={{{author}}}, doi={{10.5555/book}}, year={{2018}}}}\n"


def test_split_gives_each_its_paper_and_says_what_to_read_again(followed: Call, home: Path) -> None:
    file = home / "chapters.bib"
    file.write_text(BOOK.format(key="a", title="Bells and their ropes", author="Ada Blum"))
    assert asked(followed, "ingest", f"bibtex:{file}")[0]["new"] == 1
    lakes = BOOK.format(key="b", title="Lakes that freeze early", author="Cy Dunn")
    file.write_text(file.read_text() + lakes)
    with open_configured(home, create=False) as collection, collection.store.writing() as db:  # as 0.1 left it
        db.execute("UPDATE records SET digests = digests || ' 0123456789abcdef' WHERE source = ?", (f"bibtex:{file}",))
    code, _, err = followed("split")
    assert (code, "1 paper was made of several records" in " ".join(err.split())) == (0, True)
    code, _, err = followed("split", "--yes")
    assert (code, "broadsheet ingest bibtex:" in " ".join(err.split())) == (0, True)
    run = asked(followed, "ingest", f"bibtex:{file}")[0]
    assert (run["new"], run["same"], run["clashes"]) == (1, 1, 1)
