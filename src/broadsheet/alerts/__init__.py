"""Alerts: standing queries, what matches them, and what is new for each reader."""
