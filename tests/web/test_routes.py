"""The order of the routers: what is named by an ending is tried before the page that takes any path."""

from __future__ import annotations

from broadsheet.web import citation, paper
from broadsheet.web.routes import OPEN, ROUTERS


def test_endings_come_before_the_page_of_a_paper() -> None:
    assert ROUTERS.index(citation.router) < ROUTERS.index(paper.router)
    assert ROUTERS[-1] is paper.router


def test_every_router_is_there_once() -> None:
    assert len({id(each) for each in (*OPEN, *ROUTERS)}) == len(OPEN) + len(ROUTERS)
