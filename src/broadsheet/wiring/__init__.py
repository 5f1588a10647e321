"""Wiring: from Settings and names to working parts, a file for each: the Collection, its sources, its email, the jobs
that run by the clock, the log. Here the clock is read."""
