"""Relevance: fits and judges what turns scores into probabilities, cutoffs and abstentions."""
