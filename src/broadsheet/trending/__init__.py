"""Trending: the listed papers of some days by a score that opens to its parts, and what stands in for votes.

prior: days that have had their votes, and the stored vectors -> what readers come to vote for, kept in the Store
guess: counts of sources, votes, comments and saves of readers, the prior or how much a topic grows -> a Trend each
table: the scores of the last days stay in the Store; what changed since is computed again at each look
ranking: the day and what trends in the order of their scores, and every score opened
"""
