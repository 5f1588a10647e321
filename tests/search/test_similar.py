"""The papers nearest to papers."""

from __future__ import annotations

from dataclasses import replace

import pytest

import broadsheet as bs
from broadsheet.core.errors import ModelError, NotFoundError
from broadsheet.search.similar import similar
from fakes import NOW, WordEncoder, paper
from search_kit import PAPERS, ids


class TestSimilar:
    def test_nearest_less_itself_without_a_model(self, collection):
        collection.encoder.error = ModelError("must not be asked")
        results = similar(collection, "made:001", k=2)
        assert "1" not in ids(results)
        assert results.items[0].parts["semantic"].rank == 1
        assert ids(similar(collection, ["made:001", "made:004"], k=5))[0] in "235"
        assert len(similar(collection, ["made:001", "made:004"], k=5)) == 3

    def test_a_paper_is_known_by_its_other_names(self, tmp_path):
        named = replace(PAPERS[0], id="2401.00001", aliases=("10.1/car",))
        with bs.open(tmp_path / "named", encoder=WordEncoder()) as made:
            made.store.papers.put([named, *PAPERS[1:]], now=NOW)
            bs.sync(made)
            whole = ids(similar(made, "2401.00001"))
            assert whole == ids(similar(made, "arXiv:2401.00001v2")) == ids(similar(made, ["10.1/car"]))

    def test_filters_and_paging(self, collection):
        assert ids(similar(collection, "made:001", filters=bs.Filters(min_votes=1))) == ["2"]
        whole = ids(similar(collection, "made:001", k=4))
        assert ids(similar(collection, "made:001", k=2, offset=2)) == whole[2:]

    def test_unknown_and_not_synced(self, collection):
        with pytest.raises(NotFoundError, match="made:999"):
            similar(collection, "made:999")
        collection.store.papers.put([paper(8, "New", "not synced")], now=NOW)
        assert "run sync" in similar(collection, "made:008").note
