"""The routers: every page module that has one is among them, once, and endings are tried before the page of a paper."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path

from broadsheet.web import citation, paper, routes


def test_every_module_with_a_router_is_served_once() -> None:
    names = [path.stem for path in Path(routes.__file__).parent.glob("*.py") if path.stem != "routes"]
    modules = [import_module(f"broadsheet.web.{name}") for name in names]
    made = {id(module.router) for module in modules if hasattr(module, "router")}
    served = Counter(map(id, (*routes.OPEN, *routes.ROUTERS)))
    assert set(served.values()) == {1}
    assert set(served) == made
    assert len(made) > 20


def test_endings_come_before_the_page_of_a_paper() -> None:
    assert routes.ROUTERS.index(citation.router) < routes.ROUTERS.index(paper.router)
