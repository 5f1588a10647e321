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
_TRANSACTIONS = frozenset({"writing", "write"})  # of store/database.py
_STORE = "Store"
NEXT = "\n"


def parsed(folders: Iterable[str]) -> dict[str, ast.Module]:
    """The trees of all files in these folders, by their places in the package."""
    files = sorted(path for folder in folders for path in (PACKAGE / folder).rglob("*.py"))
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def parts(trees: Iterable[ast.Module]) -> dict[str, str]:
    """The class of each part of the Store, by the name it has there: what ``Store.__init__`` assigns."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    [store] = [each for each in classes if each.name == _STORE]
    found = {}
    for node in ast.walk(store):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Call(func=ast.Name(id=kind))):
                found[name] = kind
    return found


def writes(trees: Iterable[ast.Module]) -> set[str]:
    """The methods that open a write transaction or call one that does: ``part.method``, ``.method`` of the Store."""
    trees = list(trees)
    named = {**parts(trees), "": "Database"}
    classes = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    calls = {
        f"{part}.{function.name}": set(_called(function, part))
        for part, kind in named.items()
        for function in classes[kind].body
        if isinstance(function, _Function)
    }
    found = {f".{name}" for name in _TRANSACTIONS}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return found


def _called(function: ast.AST, part: str) -> Iterator[str]:
    """What a method of a part calls of its own part, of the database beneath and of other parts."""
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id="self"))):
                yield f"{part}.{name}"
            case ast.Call(func=ast.Attribute(attr=name, value=ast.Attribute(attr="_db"))):
                yield f".{name}"
            case ast.Call(
                func=ast.Attribute(attr=name, value=ast.Attribute(attr=other, value=ast.Attribute(attr="_db")))
            ):
                yield f"{other}.{name}"


def _last(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


class _Door:
    """One file of a door: the names that are the Store or a part of it there, and what it does with them."""

    def __init__(self, tree: ast.Module, part_names: Iterable[str]) -> None:
        self._tree = tree
        self._parts = frozenset(part_names)
        self._known = {"store": ""}
        while more := {name: kind for name, kind in self._aliases() if name not in self._known}:
            self._known |= more

    def wrong(self, writing: set[str]) -> Iterator[tuple[int, str]]:
        """Lines, and what is wrong in each."""
        for node in ast.walk(self._tree):
            match node:
                case ast.Attribute(value=value, attr=name) if f"{self._part(value)}.{name}" in writing:
                    yield node.lineno, f"{ast.unparse(node)} writes to the Store"
                case ast.Call(func=ast.Name(id="getattr"), args=[value, *_]) if self._part(value) is not None:
                    yield node.lineno, "getattr of the Store hides what is called"
                case ast.Attribute(attr="touch", value=value) if _last(value) in ("trending", "table"):
                    yield node.lineno, f"{ast.unparse(node)} belongs inside an act"
                case ast.ImportFrom(module=str(module), names=names) if module.startswith("broadsheet.trending"):
                    if any(each.name == "touch" for each in names):
                        yield node.lineno, "touch belongs inside an act"

    def _part(self, value: ast.expr) -> str | None:
        """The part of the Store that an expression is; empty: the Store itself; None: something else."""
        match value:
            case ast.Name(id=name):
                return self._known.get(name)
            case ast.Attribute(attr="store"):
                return ""
            case ast.Attribute(attr=name, value=inner) if self._part(inner) == "" and name in self._parts:
                return name
            case ast.Call(func=ast.Attribute(attr="open", value=ast.Name(id=name))) if name == _STORE:
                return ""
            case ast.NamedExpr(value=inner):
                return self._part(inner)
        return None

    def _aliases(self) -> Iterator[tuple[str, str]]:
        """Names that are given the Store or a part of it, or are said to be a Store."""
        for node in ast.walk(self._tree):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        yield from self._given(target, value)
                case ast.NamedExpr(target=target, value=value):
                    yield from self._given(target, value)
                case ast.AnnAssign(target=ast.Name(id=name), annotation=said) if _says_store(said):
                    yield name, ""
                case ast.arg(arg=name, annotation=said) if said is not None and _says_store(said):
                    yield name, ""
                case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                    yield from self._given(target, value)

    def _given(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
        match target, value:
            case ast.Name(id=name), _ if (part := self._part(value)) is not None:
                yield name, part
            case ast.Tuple(elts=targets), ast.Tuple(elts=values):
                for one, other in zip(targets, values, strict=False):
                    yield from self._given(one, other)


def _says_store(annotation: ast.expr) -> bool:
    return any(_last(node) == _STORE for node in ast.walk(annotation) if isinstance(node, ast.expr))


def wrong(doors: Mapping[str, ast.Module], writing: set[str]) -> list[str]:
    """Where doors write past the acts: file, line and what is called."""
    found = {(name, *each) for name, tree in doors.items() for each in _Door(tree, PARTS).wrong(writing)}
    return [f"{name}:{line}: {what}" for name, line, what in sorted(found)]


PARTS = parts(parsed(["store"]).values())


@pytest.fixture(scope="module")
def writing() -> set[str]:
    return writes(parsed(["store"]).values())


def test_the_store_s_writes_are_found_from_its_code(writing: set[str]) -> None:
    assert {
        "reactions.mark",
        "people.secret",
        "comments.add",
        "papers.delete_source",
        "lists.save",
        ".write",
    } <= writing
    assert writing.isdisjoint({"reactions.marked", "people.get", "comments.on", "journal.sources", ".reading"})
    assert len(PARTS) > 10


def test_doors_write_only_through_the_acts(writing: set[str]) -> None:
    doors = parsed(DOORS)
    assert len(doors) > 50
    assert wrong(doors, writing) == [], "make it a function below the doors, with its undo and its touch inside"


@pytest.mark.parametrize(
    "planted",
    [
        "site.collection.store.reactions.mark('votes', 1, [2], now=now)",
        "papers, kept = found, site.collection.store\nkept.lists.save(1, 2, [3], now=now)",
        "saved = site.collection.store.lists\nsaved.save(1, 2, [3], now=now)",
        "with Store.open(path) as opened:\n    opened.journal.set_fact('x', 1)",
        "with Store.open(path) as opened, opened.writing() as db:\n    pass",
        "def forget(it: Store) -> None:\n    it.people.remove(1)",
        "def act(site):\n    store = site.collection.store\n    return store.people.secret()",
        "if (kept := site.collection.store):\n    kept.papers.delete(['x'], now=now)",
        "set_it = collection.store.reactions.mark",
        "getattr(site.collection.store, name)(1)",
        "getattr(site.collection.store.lists, name)(1)",
        "from broadsheet.trending import touch",
        "from broadsheet.trending.table import touch as brought_up",
        "from broadsheet import trending\ntrending.touch(site.collection, [1])",
    ],
)
def test_a_door_that_writes_is_found(writing: set[str], planted: str) -> None:
    [found] = wrong({"web/planted.py": ast.parse(planted)}, writing)
    line = planted.count(NEXT) + (not planted.startswith("with Store.open(path) as opened, "))
    assert found.startswith(f"web/planted.py:{line}: ")


@pytest.mark.parametrize(
    "harmless",
    [
        "site.collection.store.reactions.marked('votes', 1)",
        "lists.save(collection, 1, papers=papers, now=now)",
        "desk.mark(paper)",
        "path.touch()",
        "store.reactions.ballots(numbers)",
        "store.people.get(1)",
        "members.secret",
    ],
)
def test_a_door_that_reads_or_calls_an_act_is_not(writing: set[str], harmless: str) -> None:
    assert wrong({"web/planted.py": ast.parse(harmless)}, writing) == []


def test_a_write_of_another_name_is_found_when_the_store_gains_one() -> None:
    code = """
class Database:
    def look(self): self.reading()
class Herbs(Part):
    def outer(self): self.inner()
    def inner(self):
        with self._db.writing() as db: ...
    def look(self): os.inner(self._db.rows())
class Leaves(Part):
    def borrowed(self): self._db.herbs.outer()
class Store(Database):
    def __init__(self):
        self.herbs = Herbs(self)
        self.leaves = Leaves(self)
"""
    assert writes([ast.parse(code)]) == {"herbs.outer", "herbs.inner", "leaves.borrowed", ".writing", ".write"}
