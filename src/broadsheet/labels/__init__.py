"""Labels: which label has a text, from descriptions of the labels or from a few examples, and because of what?"""
