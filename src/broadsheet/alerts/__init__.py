"""Alerts: what readers want to hear of, which papers match it, and what is new for each of them."""
