"""The site: what pages, REST and agents share: who asks, for what, and how an answer goes out."""
