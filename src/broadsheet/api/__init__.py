"""The REST API: reads a request, calls a verb, answers in JSON; /api/papers has Hugging Face's field names."""
