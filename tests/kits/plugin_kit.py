"""A source of a stranger's package, registered by its entry point next to the built-in ones."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pytest

from broadsheet import names
from broadsheet.core.types import Document

KIND = "strange"


@dataclass
class Strange:
    """A source that brings one paper, which its name names."""

    rest: str

    def fetch(self, since: date | None = None) -> Iterable[Document]:
        name = f"{KIND}:{self.rest}"
        return [Document(id=name, title=f"A Strange Study of {self.rest}", text="It is strange.", source=name)]


def plug_in(monkeypatch: pytest.MonkeyPatch, **attributes: bool) -> None:
    """Register the source ``strange``, whose objects have these attributes too (``live``, ``single``)."""
    module = ModuleType("strange_plugin")

    def named(rest: str, *, client: Any = None) -> Strange:
        made = Strange(rest)
        for name, value in attributes.items():
            setattr(made, name, value)
        return made

    module.named = named  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "strange_plugin", module)
    entry = EntryPoint(KIND, "strange_plugin:named", names.SOURCES)
    monkeypatch.setattr(
        names, "entry_points", lambda group: [*entry_points(group=group), *([entry] if group == names.SOURCES else [])]
    )
