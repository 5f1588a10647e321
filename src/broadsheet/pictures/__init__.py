"""Pictures of papers: fetched once, made small, and kept as files that can be deleted and fetched again."""

from broadsheet.pictures.address import addresses
from broadsheet.pictures.fetch import LIMITS, Fetched, fetch, is_behind, pictures_of
from broadsheet.pictures.folder import Holding, Pictures, name_of

__all__ = ["LIMITS", "Fetched", "Holding", "Pictures", "addresses", "fetch", "is_behind", "name_of", "pictures_of"]
