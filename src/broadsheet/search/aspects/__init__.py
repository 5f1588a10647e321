"""Aspects: what a paper says of its task, method, data and result, and which papers are like it in one of them."""
