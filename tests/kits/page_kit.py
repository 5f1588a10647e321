"""A page as a test reads it: its text and its elements."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.server import create_app
from site_kit import NOW


class Read(HTMLParser):
    """A page's elements, and whether every one that was opened was closed in its turn."""

    void = frozenset({"meta", "link", "input", "br", "img", "wbr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.void:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def links(self) -> list[str]:
        return [given["href"] for tag, given in self.elements if tag == "a"]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def page(client: TestClient, address: str, status: int = 200) -> tuple[str, Read]:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text, Read(answer.text)


def site_of(collection: Collection) -> TestClient:
    return TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


def opened_all(page: Any, most: int, selector: str = "summary") -> None:
    """Open what is folded on a page, at most so much: a click on one could meet the open panel of another."""
    page.locator(selector).evaluate_all(
        f"(all) => all.slice(0, {most}).forEach((each) => {{ each.parentElement.open = true; }})"
    )
