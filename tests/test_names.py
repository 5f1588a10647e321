"""Names become objects through entry points, and mistakes become one line that helps."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from broadsheet import names
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Role, Vectors
from fakes import WordEncoder


class FakeDistribution:
    name = "strange-plugin"
    requires = ("numpy", "faraway-models>=1; extra == 'far'")


def registered(monkeypatch: pytest.MonkeyPatch, value: str, name: str = "strange") -> None:
    entry = EntryPoint(name, value, "any")
    object.__setattr__(entry, "dist", FakeDistribution())
    monkeypatch.setattr(names, "entry_points", lambda group: [entry])


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("strange_plugin")
    monkeypatch.setitem(sys.modules, "strange_plugin", module)
    registered(monkeypatch, "strange_plugin:named")
    return module


def test_built_ins_are_registered_like_strangers() -> None:
    assert {"page", "jsonl", "csv", "bibtex", "ris"} <= set(names.known(names.SOURCES))
    assert {"minilm", "static", "hash"} <= set(names.known(names.ENCODERS))


def test_source_gets_what_follows_the_first_colon_and_the_client(plugin: ModuleType) -> None:
    plugin.named = lambda rest, client=None: (rest, client)  # type: ignore[attr-defined]
    client: Any = object()
    assert names.source("strange:C:/a b.txt", client=client) == ("C:/a b.txt", client)


def test_encoder_gets_its_folders(plugin: ModuleType) -> None:
    plugin.named = lambda rest, models=None, cache=None: (rest, models, cache)  # type: ignore[attr-defined]
    assert names.encoder("strange", models=Path("m"), cache=Path("c")) == ("", Path("m"), Path("c"))


@pytest.mark.parametrize(("name", "rest"), [("strange?a=b:c", "?a=b:c"), ("strange:x?a=b", "x?a=b")])
def test_encoder_gets_its_switches(plugin: ModuleType, name: str, rest: str) -> None:
    plugin.named = lambda rest, models=None, cache=None: rest  # type: ignore[attr-defined]
    assert names.encoder(name) == rest
    names.require_encoder(name)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("pag:saved.txt", ["'pag:saved.txt'", "Did you mean page?"]),
        ("refs.xyz", ["'refs.xyz'", "SCHEME:WHICH", "bibtex"]),
        ("", ["''", "page:saved.txt"]),
        ("page:", ["'page:'", "page:FILE"]),
        ("page", ["'page'", "page:FILE"]),
    ],
)
def test_wrong_source_names(name: str, parts: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        names.source(name)
    assert all(part in str(caught.value) for part in parts)
    assert "\n" not in str(caught.value)


def test_a_scorer_is_made_like_an_encoder_but_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("strange_plugin")
    module.named = lambda rest, models=None, cache=None: (rest, models, cache)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "strange_plugin", module)
    entry = EntryPoint("terms", "strange_plugin:named", names.SCORERS)
    monkeypatch.setattr(names, "entry_points", lambda group: [entry] if group == names.SCORERS else [])
    for make in (names.scorer, names.model):
        assert make("terms:F?a=b", models=Path("m"), cache=Path("c")) == ("F?a=b", Path("m"), Path("c"))
    for refuse in (names.encoder, names.require_encoder):
        with pytest.raises(UsageError, match="'terms:F' scores texts for a query but has no vector"):
            refuse("terms:F")
    with pytest.raises(UsageError, match="splade:FOLDER"):
        names.scorer("trems:F")


def test_wrong_encoder_name() -> None:
    with pytest.raises(UsageError, match="Did you mean minilm"):
        names.encoder("minlm")


def test_missing_package_names_the_extra_that_brings_it(plugin: ModuleType) -> None:
    def named(rest: str, **_: Any) -> Any:
        raise ModuleNotFoundError("No module named 'faraway_models'", name="faraway_models.deep")

    plugin.named = named  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match=r"pip install 'strange-plugin\[far\]'") as caught:
        names.encoder("strange")
    assert "pip install faraway" not in str(caught.value)


def test_missing_package_found_out_when_called(plugin: ModuleType) -> None:
    def named(rest: str, **_: Any) -> Any:
        raise ModuleNotFoundError("No module named 'elsewhere'", name="elsewhere.deep")

    plugin.named = named  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match=r"pip install elsewhere$"):
        names.source("strange:x")


def test_broken_registration(plugin: ModuleType) -> None:
    with pytest.raises(UsageError, match="strange_plugin:named, which does not exist"):
        names.source("strange:x")


def test_a_mistake_inside_a_factory_is_not_hidden(plugin: ModuleType) -> None:
    def named(rest: str, **_: Any) -> Any:
        raise AttributeError("something else")

    plugin.named = named  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="something else"):
        names.source("strange:x")


def test_folders_have_short_plain_names_of_their_own() -> None:
    assert names.folder("minilm") == "minilm"
    assert names.folder("bert:/a b/c?layers=1,6") == "bert-a-b-c-layers-1-6"
    assert names.folder("openai:http://[::1]:80/v1?model=m") == "openai-http-1-80-v1-model-m"
    one, other = (names.folder(f"openai:http://h/v1?model=m&prompt={'x' * 300}{end}") for end in "ab")
    assert one != other
    assert len(one) == len(other) == 147
    assert one.startswith("openai-http-h-v1-model-m-prompt-xxx")
    assert names.folder("x" * 255) == "x" * 255, "what fitted before must be found again"


def test_an_encoder_without_a_manifest_gets_one_by_its_name() -> None:
    class Bare:
        def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
            return WordEncoder(8).encode(texts)

    made = names.manifest_of(Bare(), "bare")
    assert (made.encoder, made.dim) == ("bare", 8)
    encoder = WordEncoder()
    assert names.manifest_of(encoder, "other") == encoder.manifest
