"""The paper of an id, and those that were meant by one that is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from asking_kit import refused, site_of
from broadsheet.core.errors import NotFoundError
from broadsheet.mcp.context import AgentSite
from broadsheet.mcp.lookup import paper_of
from site_kit import PAPERS, made


def test_an_unknown_id_names_the_nearest(site: AgentSite) -> None:
    assert "Nearest: 2401.00001" in refused(site, "get_paper", id="2401.00002")
    assert "Nearest: 2401.00001" in refused(site, "get_paper", id="herbarium sheets")
    line = refused(site, "find_similar", ids=["fill:01", "zzz\u202e qqq"])
    assert "'zzz qqq'" in line
    assert "search_papers" in line


def test_a_paper_has_several_names(site: AgentSite) -> None:
    for name in ("2401.00001", "arXiv:2401.00001v2", "10.5555/herb"):
        assert paper_of(site, name).id == "2401.00001"


def test_before_a_sync_ids_are_compared_by_their_spelling_alone(tmp_path: Path) -> None:
    with made(tmp_path / "c", PAPERS, synced=False) as collection:
        with pytest.raises(NotFoundError, match=r"Nearest: 2401\.00001"):
            paper_of(site_of(collection), "2401.00002")
        with pytest.raises(NotFoundError, match="Find ids with search_papers"):
            paper_of(site_of(collection), "herbarium sheets")
