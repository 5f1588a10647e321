"""The REST API: words in, verbs called, JSON out; under /api/papers the field names of Hugging Face."""
