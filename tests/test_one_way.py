"""One way through for every act: doors call no function of the Store that opens a write transaction, and no ``touch``.

Which functions write is found from the code of the Store; where a door calls one, from the code of the door.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "broadsheet"
DOORS = ("site", "api", "web", "mcp", "server", "cli")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_TRANSACTIONS = frozenset({"writing", "_write"})  # of store/database.py
_STORE = "Store"
NEXT = "\n"


def parsed(folders: Iterable[str]) -> dict[str, ast.Module]:
    """The trees of all files in these folders, by their places in the package."""
    files = sorted(path for folder in folders for path in (PACKAGE / folder).rglob("*.py"))
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def writes(trees: Iterable[ast.Module]) -> set[str]:
    """The names of functions that open a write transaction, or call one that does."""
    calls: dict[str, set[str]] = {}
    for tree in trees:
        for function in (node for node in ast.walk(tree) if isinstance(node, _Function)):
            calls.setdefault(function.name, set()).update(_called(function, besides=_foreign(tree)))
    found = set(_TRANSACTIONS)
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return found


def _foreign(tree: ast.Module) -> set[str]:
    """The names that a file has from elsewhere than the Store: what is called of them writes nothing in it."""
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [node for node in imports if not getattr(node, "module", "").startswith("broadsheet.store")]
    return {each.asname or each.name.partition(".")[0] for node in others for each in node.names}


def _called(function: ast.AST, *, besides: set[str]) -> set[str]:
    """The names that a function calls, of functions and of methods."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {_last(call) for call in calls if _first(call) not in besides}


def _first(expression: ast.expr) -> str:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return _last(expression)


def _last(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


class _Door:
    """One file of a door: the names that are a Store in it, and what it does with them."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._stores = {"store"}
        while more := set(self._aliases()) - self._stores:
            self._stores |= more

    def wrong(self, writing: set[str]) -> Iterator[tuple[int, str]]:
        """Lines, and what is wrong in each."""
        for node in ast.walk(self._tree):
            match node:
                case ast.Attribute(value=value, attr=name) if name in writing and self._is_store(value):
                    yield node.lineno, f"{ast.unparse(node)} writes to the Store"
                case ast.Call(func=ast.Name(id="getattr"), args=[value, *_]) if self._is_store(value):
                    yield node.lineno, "getattr of the Store hides what is called"
                case ast.Attribute(attr="touch", value=value) if _last(value) in ("trending", "table"):
                    yield node.lineno, f"{ast.unparse(node)} belongs inside an act"
                case ast.ImportFrom(module=str(module), names=names) if module.startswith("broadsheet.trending"):
                    if any(each.name == "touch" for each in names):
                        yield node.lineno, "touch belongs inside an act"

    def _is_store(self, value: ast.expr) -> bool:
        """Whether an expression is a Store or a part of one: it is called so, or passes through ``.store``."""
        match value:
            case ast.Name(id=name):
                return name in self._stores
            case ast.Attribute(attr=name):
                return name == "store" or self._is_store(value.value)
            case ast.Call(func=ast.Attribute(attr="open", value=ast.Name(id=name))):
                return name == _STORE
            case ast.NamedExpr(value=inner):
                return self._is_store(inner)
        return False

    def _aliases(self) -> Iterator[str]:
        """Names that are given a Store, or are said to be one."""
        for node in ast.walk(self._tree):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        yield from self._given(target, value)
                case ast.NamedExpr(target=target, value=value):
                    yield from self._given(target, value)
                case ast.AnnAssign(target=ast.Name(id=name), annotation=said) if _says_store(said):
                    yield name
                case ast.arg(arg=name, annotation=said) if said is not None and _says_store(said):
                    yield name
                case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                    yield from self._given(target, value)

    def _given(self, target: ast.expr, value: ast.expr) -> Iterator[str]:
        match target, value:
            case ast.Name(id=name), _ if self._is_store(value):
                yield name
            case ast.Tuple(elts=targets), ast.Tuple(elts=values):
                for one, other in zip(targets, values, strict=False):
                    yield from self._given(one, other)


def _says_store(annotation: ast.expr) -> bool:
    return any(_last(node) == _STORE for node in ast.walk(annotation) if isinstance(node, ast.expr))


def wrong(doors: Mapping[str, ast.Module], writing: set[str]) -> list[str]:
    """Where doors write past the acts: file, line and what is called."""
    found = {(name, *each) for name, tree in doors.items() for each in _Door(tree).wrong(writing)}
    return [f"{name}:{line}: {what}" for name, line, what in sorted(found)]


@pytest.fixture(scope="module")
def writing() -> set[str]:
    return writes(parsed(["store"]).values())


def test_the_store_s_writes_are_found_from_its_code(writing: set[str]) -> None:
    assert {"mark", "write_note", "secret", "add_comment", "begin_job", "delete_source", "set_fact"} <= writing
    assert writing.isdisjoint({"marked", "notes", "person", "comments", "job_run", "sources", "facts", "reading"})


def test_doors_write_only_through_the_acts(writing: set[str]) -> None:
    doors = parsed(DOORS)
    assert len(doors) > 50
    assert wrong(doors, writing) == [], "make it a function below the doors, with its undo and its touch inside"


@pytest.mark.parametrize(
    "planted",
    [
        "site.collection.store.mark('votes', 1, [2], now=now)",
        "collection.store.reactions.mark('votes', 1, [2], now=now)",
        "papers, kept = found, site.collection.store\nkept.lists.save(1, 2, [3], now=now)",
        "with Store.open(path) as opened:\n    opened.set_fact('x', 1)",
        "def forget(it: Store) -> None:\n    it.remove_person(1)",
        "def act(site):\n    store = site.collection.store\n    return store.secret()",
        "if (kept := site.collection.store):\n    kept.delete(['x'], now=now)",
        "set_it = collection.store.mark",
        "getattr(site.collection.store, name)(1)",
        "from broadsheet.trending import touch",
        "from broadsheet.trending.table import touch as brought_up",
        "from broadsheet import trending\ntrending.touch(site.collection, [1])",
    ],
)
def test_a_door_that_writes_is_found(writing: set[str], planted: str) -> None:
    [found] = wrong({"web/planted.py": ast.parse(planted)}, writing)
    assert found.startswith(f"web/planted.py:{planted.count(NEXT) + 1}: ")


@pytest.mark.parametrize(
    "harmless",
    [
        "site.collection.store.marked('votes', 1)",
        "lists.save(collection, 1, papers=papers, now=now)",
        "desk.mark(paper)",
        "path.touch()",
        "store.reactions.ballots(numbers)",
        "members.secret",
    ],
)
def test_a_door_that_reads_or_calls_an_act_is_not(writing: set[str], harmless: str) -> None:
    assert wrong({"web/planted.py": ast.parse(harmless)}, writing) == []


def test_a_write_of_another_name_is_found_when_the_store_gains_one() -> None:
    part = "class Part:\n  def outer(self): self.inner()\n  def inner(self):\n    with self.db.writing() as db: ..."
    reads = "import os\ndef look(self): os.inner(self.reading())"
    assert writes([ast.parse(part), ast.parse(reads)]) == {"outer", "inner", *_TRANSACTIONS}
