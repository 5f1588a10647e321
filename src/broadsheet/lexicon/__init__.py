"""The Lexicon: the words of all papers, made from the Store."""

from broadsheet.lexicon.index import Lexicon
from broadsheet.lexicon.stems import Stems

__all__ = ["Lexicon", "Stems"]
