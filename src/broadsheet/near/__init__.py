"""Near and same: copies of a work, variety of a list, novelty of a paper, what changed in its text."""
