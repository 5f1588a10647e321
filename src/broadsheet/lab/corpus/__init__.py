"""What a corpus holds and how corpora differ: their texts seen through an encoder, next to their words."""
