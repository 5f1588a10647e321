"""The server: one application of pages and API over a Collection, and how it is run."""

from broadsheet.server.app import create_app, serve

__all__ = ["create_app", "serve"]
