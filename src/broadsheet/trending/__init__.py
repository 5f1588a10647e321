"""Trending: the listed papers of some days by a score that opens to its parts, and what stands in for votes.

prior: days that have had their votes, and the stored vectors -> what readers come to vote for, kept in the Store
computed: counts of sources, votes, comments and saves of readers, the prior or how much a topic grows -> a Trend each
kept: the scores of the last days stay in the Store; what changed since is computed anew at each look
"""

from broadsheet.trending.guess import PAST, WINDOW
from broadsheet.trending.listed import Trending, trending
from broadsheet.trending.prior import ENOUGH, SETTLED, Prior, due, fitting, learn, prior
from broadsheet.trending.table import gathered, keep, scores, tend, touch, trends

__all__ = [
    "ENOUGH", "PAST", "SETTLED", "WINDOW", "Prior", "Trending", "due", "fitting", "gathered", "keep", "learn", "prior",
    "scores", "tend", "touch", "trending", "trends",
]  # fmt: skip
