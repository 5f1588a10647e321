"""Topics: which subjects does the Collection have, what are they called, and which papers are in them?"""
