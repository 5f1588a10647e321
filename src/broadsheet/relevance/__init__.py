"""Relevance: what is for this reader, and how well: standing queries, an imported library, picks for you."""
