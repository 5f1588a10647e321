"""Topics: the Collection's own fields and topics, where each paper lies, and what they are named."""
