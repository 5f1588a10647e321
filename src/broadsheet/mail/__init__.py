"""Email, out and in: a digest drawn as text and HTML, a message built and handed over, bounces read."""
