"""The server: one application of pages and API over a Collection, and the function that runs it."""

from broadsheet.server.app import create_app, serve

__all__ = ["create_app", "serve"]
