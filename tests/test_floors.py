"""The house keeps its floors.

every file -> what it imports, at any depth, and what the command table names -> the rules -> what breaks them
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "broadsheet"
TOOLS, PARTS, VERBS, WIRING = 1.5, 2, 3, 4
ORDER = [
    "collection",
    "tokens",
    "ingest sync search upkeep shelf pictures",
    "topics",
    "explain near",
    "daily",
    "trending",
    "foryou alerts labels",
    "people",
    "digest lab",
]
"""The verbs, each rank below the next."""
FLOORS: dict[str, float] = {
    "core": 1,
    **dict.fromkeys(["names", "http", "locks", "files"], TOOLS),
    **dict.fromkeys(["store", "encoders", "space", "lexicon", "sources", "exports", "mail"], PARTS),
    **{verb: VERBS + place / 10 for place, rank in enumerate(ORDER) for verb in rank.split()},
    **dict.fromkeys(["config", "wiring", "doctor"], WIRING),
    "site": 5,
    "testing": 5,
    **dict.fromkeys(["web", "api", "mcp"], 6),
    "server": 7,
    "cli": 8,
}
STRANGERS = [{unit for unit, floor in FLOORS.items() if floor == PARTS}, {"web", "api", "mcp"}]
"""Those of one floor that know nothing of one another."""
TABLE = "cli/commands.py"
LATE = {"__init__.py", "cli/__init__.py", TABLE, "cli/servers.py"}
"""The package root, the start of a program and the tables of what it runs: they alone load modules of ours when they
are needed."""
MOST_LATE, MOST_NAMES = 15, len(FLOORS)
OUTSIDE = {
    *("os.environ", "os.getenv", "os.environb", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
}
LIGHT = [
    "sklearn",
    "scipy",
    "openvino",
    "tantivy",
    "fastapi",
    "torch",
    "typer",
    "rich",
    "numpy",
    "tokenizers",
    "urllib3",
]


@cache
def trees() -> dict[str, ast.Module]:
    """The code of every file by its path in the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def module(file: str) -> str:
    return ".".join(("broadsheet", *Path(file).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {module(file): file for file in trees()}


def unit(file: str) -> str:
    """The concept that a file belongs to: its folder, or its own name."""
    return Path(file).parts[0].removesuffix(".py")


def spelled(tree: ast.AST) -> Iterator[str]:
    """What the import statements in a piece of code name, those in functions and for types alone included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write absolute imports"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tabled(file: str) -> Iterator[str]:
    """Modules that a file of the command line names in words: whole names anywhere, short ones in rows of the table."""
    for node in ast.walk(trees()[file]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"broadsheet(\.\w+)+", node.value):
                yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Row":
            yield f"broadsheet.cli.{ast.literal_eval(node.args[0])}"


@cache
def imports() -> dict[str, set[str]]:
    """The files of this package that each file imports."""
    graph = {}
    for file, tree in trees().items():
        names = [*spelled(tree), *(tabled(file) if unit(file) == "cli" else ())]
        graph[file] = {found for name in names if (found := home(name))} - {file}
    return graph


def home(name: str) -> str | None:
    """The file in which what is imported under this name stands; None for what is not ours."""
    if name.split(".")[0] != "broadsheet":
        return None
    return MODULES.get(name) or MODULES.get(name.rpartition(".")[0]) or name


def units() -> dict[str, set[str]]:
    """The units that each unit imports."""
    graph = defaultdict(set)
    for file, others in imports().items():
        if file != "__init__.py":
            graph[unit(file)] |= {unit(other) for other in others if other != "__init__.py"} - {unit(file)}
    return graph


def allowed(here: str, there: str) -> bool:
    """Whether one unit may import another: what is below it, or beside it and no stranger."""
    strangers = any({here, there} <= those for those in STRANGERS)
    return FLOORS[there] <= FLOORS[here] and not strangers and (there != "config" or FLOORS[here] >= WIRING)


def climbing() -> set[str]:
    edges = [(here, there) for here, others in units().items() for there in others]
    unknown = {unit for edge in edges for unit in edge} - set(FLOORS)
    assert not unknown, f"on no floor: {unknown}. Name them in the design and here"
    return {f"{here} imports {there}" for here, there in edges if not allowed(here, there)}


def rings(graph: Mapping[str, Collection[str]]) -> set[str]:
    """Each group of nodes that lead to one another, as words."""
    reach = {node: reached(graph, node) for node in graph}
    found = {frozenset(other for other in reach[node] if node in reach.get(other, ())) for node in graph}
    return {f"ring of {' '.join(sorted(ring))}" for ring in found if ring}


def reached(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """All nodes that imports lead to from one, itself only by a ring."""
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        if (node := waiting.pop()) not in seen:
            seen.add(node)
            waiting += graph.get(node, ())
    return seen


def outside() -> set[str]:
    """What files below the wiring read of the clock and the environment."""
    found = set()
    for file, tree in trees().items():
        if FLOORS.get(unit(file), WIRING) < WIRING:
            read = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | set(
                spelled(tree)
            )
            found |= {f"{file} reads {name}" for name in OUTSIDE for each in read if f".{each}".endswith(f".{name}")}
    return found


@cache
def late() -> dict[str, int]:
    """How many imports of our own modules, by statement or by name, stand inside functions, by file."""
    counts = {}
    for file, tree in trees().items():
        functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        counts[file] = sum(is_late(node, file) for node in {inner for each in functions for inner in ast.walk(each)})
    return {file: count for file, count in counts.items() if count}


def is_late(node: ast.AST, file: str) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return any(map(home, spelled(node)))
    by_name = isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))
    return by_name and file != "encoders/quiet.py"  # which loads OpenVINO alone


def names_at_root() -> set[str]:
    return {unit(file) for file in trees()} - {"__init__"}


def crowded() -> set[str]:
    """What there is too much of."""
    counts = {
        "imports inside functions": (sum(late().values()), MOST_LATE),
        "names at the root": (len(names_at_root()), MOST_NAMES),
    }
    return {f"more {what} than {most}" for what, (count, most) in counts.items() if count > most}


def caches_of_modules() -> set[str]:
    """Files that remember things of an owner for it: ``Collection.memory`` and ``Snapshot.memory`` are for that."""
    return {file for file, tree in trees().items() if any(name.startswith("weakref") for name in spelled(tree))}


RULES = {
    "imports only go down": climbing,
    "no ring of units": lambda: rings(units()),
    "no ring of files": lambda: rings({file: others - {"__init__.py"} for file, others in imports().items()}),
    "no clock and no environment below the wiring": outside,
    "no import inside a function": lambda: {f"{file} imports late" for file in late().keys() - LATE},
    "few names": crowded,
    "what is remembered belongs to its owner": caches_of_modules,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_rules(rule: str) -> None:
    broken = RULES[rule]()
    assert not broken, f"{rule}: mend this"


def test_what_is_imported_and_what_the_table_names_is_there() -> None:
    missing = {f"{file}: {other}" for file, others in imports().items() for other in others if other not in trees()}
    assert not missing


@pytest.mark.parametrize(
    ("here", "there", "may"),
    [
        ("daily", "collection", True), ("daily", "trending", False), ("foryou", "alerts", True),
        ("store", "names", True), ("store", "mail", False), ("names", "store", False), ("web", "site", True),
        ("web", "api", False), ("mcp", "api", False), ("cli", "web", True), ("server", "web", True),
        ("people", "config", False),
        ("site", "config", True), ("wiring", "digest", True), ("digest", "people", True), ("core", "locks", False),
    ],
)  # fmt: skip
def test_who_may_import_whom(here: str, there: str, may: bool) -> None:
    assert allowed(here, there) == may


def test_a_ring_is_seen_whatever_leads_into_it() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"e"}}
    assert rings(graph) == {"ring of b c", "ring of e"}


def test_every_floor_has_somebody_on_it() -> None:
    assert set(FLOORS) == names_at_root()


def test_import_is_light() -> None:
    code = f"import sys, broadsheet; sys.exit(' '.join(m for m in {LIGHT!r} if m in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"import broadsheet loads: {done.stderr}"
