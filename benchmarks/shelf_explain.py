"""The shelf's rows on reasons, on real data; `shelf.py` has the table of all rows, `concepts.py` and `faithfulness.py`
measure more."""

from __future__ import annotations

import numpy as np
from common import CACHE, need_data, verdict
from faithfulness import GROUP, Judge, Pair, by_words_left_out, key, pairs

from broadsheet import names
from broadsheet.core.attribution import gathered, pair_parts
from broadsheet.core.units import units
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.faithfulness import chosen
from broadsheet.lexicon.stems import Stems

PAIRS, DRAWS = 60, 5
STEMS = Stems("english")


def token_pairs() -> None:
    """S170: what pairs of words add to a cosine: their sum, and whether shared words come first (real pairs)"""
    encoder = CachedEncoder.under(names.encoder("minilm"), CACHE / "faithfulness")
    for name in ("scifact", "csfcube"):
        off, first, share = [], [], []
        for pair in pairs(need_data(), name, PAIRS):
            left, right = units(pair.query, key), units(pair.text, key)
            one, other = encoder.token_vectors([pair.query], role="query")[0], encoder.token_vectors([pair.text])[0]
            parts = pair_parts(one.vectors, other.vectors)
            cosine = float(encoder.encode([pair.query], role="query")[0] @ encoder.encode([pair.text])[0])
            off.append(abs(parts.sum() - cosine) / abs(cosine))
            words = [np.array([any(STEMS[each]) for each in own.names]) for own in (left, right)]
            table = gathered(parts, left.at(one.spans), right.at(other.spans))[: len(words[0]), : len(words[1])]
            table = np.where(words[0][: len(table), None] & words[1][None, : table.shape[1]], table, -1)
            same = np.array([[key(each) == key(name) for name in right.names] for each in left.names])
            same = same[: len(table), : table.shape[1]] & (table > -1)
            if same.any():
                order = np.argsort(-table, axis=None, kind="stable")
                first.append(int(np.flatnonzero(same.flat[order])[0]))
                share.append(float(same.sum() / (table > -1).sum()))
        verdict(f"{name}: how far the pairs are from the cosine", max(off), 0.01, most=True)
        places = np.array(first)
        print(f"  {name}: a word that both texts have is the first pair in {(places == 0).mean():.1%} of {len(first)} "
              f"texts that share one, among the first five in {(places < 5).mean():.1%}; of all pairs of words "
              f"{np.mean(share):.1%} are of one word")  # fmt: skip


def groups() -> None:
    """S125: the words that are called most important, left out together, against random words (claims and abstracts)"""
    encoder = CachedEncoder.under(names.encoder("minilm"), CACHE / "faithfulness")
    for name in ("scifact", "csfcube"):
        found = [_falls(encoder, pair) for pair in pairs(need_data(), name, PAIRS)]
        top, chance = (np.array(values) for values in zip(*found, strict=True))
        verdict(f"{name}: share of {PAIRS} pairs that fall more than by random groups",
                float((top > chance.mean(axis=1)).mean()), 0.9, most=False)  # fmt: skip
        print(f"  {name}: more than by each of {DRAWS} random groups in {(top > chance.max(axis=1)).mean():.1%}; the "
              f"cosine falls by {top.mean():.3f}, by random {chance.mean():.3f}")  # fmt: skip


def _falls(encoder: CachedEncoder, pair: Pair) -> tuple[float, np.ndarray]:
    """How far a similarity falls without the first tenth of the words, and without random tenths."""
    judge, own = Judge(encoder, pair.query), units(pair.text, key)
    rng, whole = np.random.default_rng(0), float(judge([pair.text])[0])
    orders = [by_words_left_out(judge, pair, own), *(rng.random(len(own.names)) for _ in range(DRAWS))]
    falls = whole - judge([own.only(~chosen(own, order, GROUP)) for order in orders])
    return float(falls[0]), falls[1:]
