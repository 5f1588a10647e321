"""People: how they come in without passwords, and what they do with papers."""
