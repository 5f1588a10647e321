"""What follows the transformer of a model: from the states of its tokens to a vector."""
