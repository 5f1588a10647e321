"""For you: what a reader likes, and which papers suit that reader."""
