"""Alerts: what readers want to hear about, which papers match, and what is new for each reader."""
