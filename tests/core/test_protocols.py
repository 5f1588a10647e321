"""The sockets: anything with the one method fits, and nothing without it."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from broadsheet import names
from broadsheet.core import protocols
from broadsheet.core.index.scan import ScanIndex
from broadsheet.core.protocols import CarefulMailer, Encoder, Source, Usage
from broadsheet.encoders.hash import HashEncoder
from broadsheet.mail.outbox import Outbox
from broadsheet.mail.smtp import SmtpMailer

SOCKETS = {
    "Encoder": "encode", "Index": "search", "Source": "fetch", "Metric": "__call__", "Mailer": "send",
    "CarefulMailer": "deliver", "SparseEncoder": "sparse_vectors",
    "TokenEncoder": "token_vectors", "PairScorer": "score",
}  # fmt: skip


class Bare:
    """Has nothing that is asked for."""


def test_what_has_the_method_fits() -> None:
    assert isinstance(HashEncoder(), Encoder)
    assert not isinstance(Bare(), Encoder)
    assert not isinstance(Bare(), Source)


@pytest.mark.parametrize("kind", names.known(names.SOURCES))
def test_every_source_of_ours_fits(kind: str, tmp_path: Path) -> None:
    live = {"crossref": "10.1234/owls", "biorxiv": "all", "medrxiv": "all", "pubmed": "owls"}
    some = {"page": "a.txt", "feed": "https://example.org/feed", "hf": "daily", "arxiv": "cs.IR", **live}
    which = some.get(kind, "./a.json")
    source = names.source(f"{kind}:{which}", client=object())
    assert isinstance(source, Source)
    assert list(inspect.signature(source.fetch).parameters) == ["since"]
    assert inspect.signature(source.fetch).parameters["since"].default is None


def test_only_the_careful_mailer_is_asked_before_the_last_step() -> None:
    assert issubclass(SmtpMailer, CarefulMailer)
    assert not issubclass(Outbox, CarefulMailer)
    for mailer in (SmtpMailer, Outbox):
        assert list(inspect.signature(mailer.send).parameters) == ["self", "message"]


def test_an_index_is_asked_as_the_protocol_says() -> None:
    promised = inspect.signature(protocols.Index.search).parameters
    kept = inspect.signature(ScanIndex.search).parameters
    assert [*kept][: len(promised)] == [*promised]


def test_each_socket_has_one_required_method() -> None:
    sockets = {name: each for name, each in vars(protocols).items() if getattr(each, "_is_protocol", False)}
    sockets.pop("Protocol")
    assert set(sockets) == set(SOCKETS)
    for name, each in sockets.items():
        methods = {own for own, value in vars(each).items() if inspect.isfunction(value) and not own.startswith("_")}
        assert SOCKETS[name] in vars(each)
        assert methods <= {SOCKETS[name]}, f"{name} asks for {methods}"


def test_usage_says_what_is_an_estimate() -> None:
    assert str(Usage(12_345)) == "12,345 tokens"
    assert str(Usage(12_345, 345)) == "12,345 tokens, 345 of them by estimate"
