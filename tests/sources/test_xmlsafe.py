"""XML from strangers is bounded."""

from __future__ import annotations

from types import ModuleType

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.sources import arxiv, feed, xmlsafe


@pytest.mark.parametrize("reader", [arxiv, feed])
@pytest.mark.parametrize("declared", ["xmlns:p='%'", 'xmlns="%"', 'xmlns:p = "%"', "xmlns:p = '\"%'"])
def test_namespaces_without_end(reader: ModuleType, declared: str) -> None:
    text = "<feed><a " + declared.replace("%", "u" * 300) + "><p:b/></a></feed>"
    for data in (text.encode(), text.encode("utf-16")):
        with pytest.raises(SourceError, match="namespace of more than 200 characters"):
            list(reader.from_bytes(data))
    assert list(arxiv.from_bytes(f"<feed><a b='xmlns' c='{'u' * 300}'/></feed>".encode())) == []


def test_xml_comes_in_large_pieces() -> None:
    """Older expat reads a long token again from its beginning with every piece."""
    data = xmlsafe._Wide(b"x" * 3 * 2**20)
    assert [len(data.read(16)) for _ in range(4)] == [2**20, 2**20, 2**20, 0]


def test_the_children_of_the_root_come_whole() -> None:
    data = b"<a><b><b>1</b></b><c/></a>"
    nodes = [
        (xmlsafe.tag(each), xmlsafe.flat(each)) for each, _ in xmlsafe.elements(data, None, roots={"a"}, where="x")
    ]
    assert nodes == [("b", "1"), ("c", "")]
