"""How alike encoders see the same texts, and where they differ."""
