"""The site: what the pages, the REST API and agents share: who asks, for what, and how an answer goes out."""
