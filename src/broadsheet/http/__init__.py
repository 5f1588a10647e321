"""The only way out to the network: one polite client that trusts no answer."""

from broadsheet.http.client import AnswerError, Client, Response, World, default_client
from broadsheet.http.wire import Limits

__all__ = ["AnswerError", "Client", "Limits", "Response", "World", "default_client"]
