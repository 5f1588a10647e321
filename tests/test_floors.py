"""The house keeps its floors: imports only go down, parts do not know one another, verbs make no ring."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "broadsheet"
FLOORS: dict[str, float] = {
    "core": 1,
    **dict.fromkeys(["names", "http", "locks"], 1.5),
    **dict.fromkeys(["encoders", "space", "lexicon", "store", "sources", "mail", "exports"], 2),
    **dict.fromkeys(["collection", "ingest", "sync", "search", "daily", "trending", "foryou", "alerts", "people"], 3),
    **dict.fromkeys(["digest", "lab", "shelf", "upkeep"], 3),
    **dict.fromkeys(["config", "wiring", "doctor", "jobs", "schedule", "logs"], 4),
    "site": 5,
    **dict.fromkeys(["api", "web", "mcp"], 6),
    "server": 7,
    "cli": 8,
    "testing": 5,
}
LIGHT = ["openvino", "tantivy", "fastapi", "torch", "typer", "rich", "numpy", "tokenizers", "urllib3"]


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def unit(path: Path) -> str:
    """The concept a file belongs to: its folder or its own name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Units of this package that a file imports, at any depth of the file (type-checking blocks included)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write absolute imports"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "broadsheet" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_only_go_down(path: Path) -> None:
    here = unit(path)
    assert here in FLOORS, f"{here} stands on no floor: name it in the design and here"
    for there in imported(path):
        assert there in FLOORS, f"{path.name} imports unknown {there}"
        if there == here:
            continue
        assert FLOORS[there] <= FLOORS[here], f"{here} imports {there}, which is above it"
        if FLOORS[here] == 2:
            assert FLOORS[there] < 2, f"part {here} imports part {there}"


def test_no_ring_of_units() -> None:
    graph: dict[str, set[str]] = {}
    for path in modules():
        graph.setdefault(unit(path), set()).update(n for n in imported(path) if n != unit(path))
    done: set[str] = set()

    def visit(node: str, trail: tuple[str, ...]) -> None:
        assert node not in trail, f"ring: {' -> '.join((*trail, node))}"
        if node not in done:
            for following in sorted(graph.get(node, ())):
                visit(following, (*trail, node))
            done.add(node)

    for node in sorted(graph):
        visit(node, ())


@pytest.mark.parametrize(
    "path", [p for p in modules() if FLOORS.get(unit(p), 9) < 4], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_no_clock_and_no_settings_below_the_wiring(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            spelled = ast.unparse(node)
            assert spelled not in {
                "os.environ",
                "os.getenv",
                "datetime.now",
                "datetime.utcnow",
                "date.today",
                "time.time",
            }, f"{path}:{node.lineno} reads {spelled}; take it as an argument"


def test_import_is_light() -> None:
    code = f"import sys, broadsheet; sys.exit(' '.join(m for m in {LIGHT!r} if m in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"import broadsheet loads: {done.stderr}"
