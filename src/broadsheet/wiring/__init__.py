"""Wiring: from Settings and names to what works, a file for each: the Collection, its sources, its mail. Here the clock
is read."""
