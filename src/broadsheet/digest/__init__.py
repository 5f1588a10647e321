"""The digest: editions frozen once, planned for each reader, and sent once."""
