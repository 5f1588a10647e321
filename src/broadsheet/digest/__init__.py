"""The digest: editions frozen once, planned for people, and sent once."""
