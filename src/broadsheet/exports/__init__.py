"""Exports: papers of the Store in formats that other programs read."""
