"""What is printed: foreign text is text and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from cli_kit import Call


def test_foreign_text_cannot_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    title = "Bees \x1b[31m[red]and[/red] \x9b5m hives"
    (tmp_path / "evil.jsonl").write_text(json.dumps({"title": title, "abstract": f"{title}."}) + "\n")
    call("ingest", "jsonl:evil.jsonl", "--sync")
    for arguments in (["search", "bees"], ["search", "bees", "--json"], ["export"], ["up", "--once"]):
        out = call(*arguments)[1]
        assert "[red]and[/red]" in out or arguments == ["up", "--once"]
        assert "\x1b" not in out
        assert "\x9b" not in out
