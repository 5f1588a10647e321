"""Upkeep: back up, restore, archive and verify a Collection."""
