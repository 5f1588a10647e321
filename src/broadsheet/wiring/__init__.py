"""Wiring: from Settings and names to what works, a file for each: the Collection, its sources, its mail, the jobs that
run by the clock, the log. Here the clock is read."""
