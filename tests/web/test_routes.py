"""Every module of pages with a router is among those that are served, once."""

from __future__ import annotations

import importlib
import pkgutil

from broadsheet import web
from broadsheet.web.routes import OPEN, ROUTERS


def test_each_router_is_served_once() -> None:
    modules = [importlib.import_module(f"broadsheet.web.{each.name}") for each in pkgutil.iter_modules(web.__path__)]
    found = {id(each.router) for each in modules if hasattr(each, "router")}
    served = [id(each) for each in (*OPEN, *ROUTERS)]
    assert len(set(served)) == len(served)
    assert found == set(served)
