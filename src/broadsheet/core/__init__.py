"""Core: the words of the program and pure functions. No I/O, no clock."""
