"""Wiring: from Settings and names to open Collections and sources with the one client. Here the clock is read."""
