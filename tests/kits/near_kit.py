"""Papers about salt and bells: one work from three sources, others of its kind on earlier days, and others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder

DAY = date(2026, 2, 20)
TEXT = (
    "Salt pans along the coast are weighed by hand every evening. We hang a bell on each pan and listen to how its "
    "tone falls while the water leaves. A small table turns the tone into grams of salt. Over nine summers the bells "
    "were off by less than a spoon, and the keepers of the pans kept their backs straight."
)
WORK = Document(
    id="2602.00001", title="Weighing Salt by Ear: Bells on Coastal Pans", text=TEXT, authors=("Ada Blum", "Cy Doe"),
    announced=DAY, year=2026, source="arxiv:cs.SD",
)  # fmt: skip
COPY = replace(
    WORK, id="conf:salt", title="Weighing Salt by Ear", announced=None, listed=DAY - timedelta(days=3),
    text=TEXT.replace("nine summers", "ten summers"), source="csv:conf",
)  # fmt: skip
RENAMED = replace(
    COPY, id="lab:bells", title="How Bells Tell the Weight of Salt", listed=DAY - timedelta(days=2), source="csv:lab"
)
_OF_THE_KIND = TEXT.replace("coast", "shore").replace("grams", "ounces").replace("nine summers", "two winters")


def akin(number: int, days: int, **more: object) -> Document:
    """Another work of the same kind by other people, so many days before the work."""
    given: dict[str, object] = {"listed": DAY - timedelta(days=days), "source": "csv:akin", **more}
    text = f"{' '.join(reversed(_OF_THE_KIND.split()))} {' '.join(f'word{number}x{n}' for n in range(4))}"
    return Document(id=f"akin:{number}", title=f"Kettles {number}", text=text, authors=(f"Eve{number} Fox",), **given)  # type: ignore[arg-type]


def other(number: int, days: int) -> Document:
    """A paper of another kind."""
    words = " ".join(f"thing{number}n{place}" for place in range(50))
    return Document(
        id=f"other:{number}", title=f"Thing{number}", text=words, authors=("Ida Gull",), source="csv:other",
        listed=DAY - timedelta(days=days),
    )  # fmt: skip


OTHERS = tuple(other(number, 5 + number) for number in range(40))


@contextmanager
def filled(folder: Path, *papers: Document, synced: bool = True) -> Iterator[Collection]:
    """A Collection of these papers."""
    with open_collection(folder, encoder=WordEncoder(dim=128)) as collection:
        ingest(collection, papers, now=NOW, name="made:papers")
        if synced:
            sync(collection)
        yield collection
