"""What a check looks at, and what it finds: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from broadsheet.collection import DEFAULT_ENCODER, Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError
from broadsheet.upkeep import verify
from broadsheet.wiring.collection import open_configured

Level = Literal["ok", "warn", "fail"]
Area = Literal["installation", "machine", "collection", "derived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check: ``said`` in words, ``advice`` (what to do, empty when ok), ``facts`` as JSON values."""

    said: str
    level: Level = "ok"
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding with the name of its check and the area that it belongs to."""

    area: Area
    name: str
    finding: Finding


@dataclass
class Place:
    """What is checked: an installation with the Collection in ``folder``, opened at first use. At most ``most`` of its
    papers (None: all) are compared with what is derived from them."""

    folder: Path
    settings: Settings
    most: int | None = verify.USUAL

    @cached_property
    def collection(self) -> Collection:
        """The open Collection; CollectionError when there is none, or none that can be used."""
        return open_configured(self.folder, create=False, settings=self.settings)

    @property
    def encoder(self) -> str:
        """The name of the encoder that is used here."""
        try:
            return self.collection.encoder_name
        except BroadsheetError:
            return self.settings.encoder or DEFAULT_ENCODER
