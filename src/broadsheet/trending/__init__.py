"""Trending: the listed papers of some days by a score that shows its parts, and what stands in for votes.

prior: past days with their votes, and the stored vectors -> what readers vote for, kept in the Store
guess: counts from sources; readers' votes, comments and saves; the prior, or the growth of a topic -> a Trend each
table: the Store keeps the scores of the last days; what has changed since is computed again at each look
ranking: the day, and what trends, in the order of their scores; each score explained part by part
"""
