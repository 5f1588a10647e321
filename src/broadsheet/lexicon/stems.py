"""Words as the Lexicon indexes them: folded, stemmed, without stop words; the same for papers and for queries."""

from __future__ import annotations

from itertools import chain
from typing import Any

from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.words import forms, words

_LANGUAGES = (
    "arabic danish dutch english finnish french german greek hungarian italian norwegian portuguese romanian russian "
    "spanish swedish tamil turkish"
)
LANGUAGES = tuple(_LANGUAGES.split(" "))
_STOP = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with"
)
_MOST = 50_000  # words remembered, some 15 MB


class Stems(dict[str, tuple[str, ...]]):
    """The indexed forms of each word of a language, an empty one for a stop word; remembers its answers.

    UsageError for a language that is not supported.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise UsageError(f"the Lexicon does not support the language {language!r}. {nearest(language, LANGUAGES)}")
        self.language = language
        self._analyzer: Any = None

    def __missing__(self, word: str) -> tuple[str, ...]:
        if self._analyzer is None:
            self._analyzer = analyzer(self.language, r"\S+")
        if len(self) > _MOST:
            self.clear()
        stems = self[word] = tuple(next(iter(self._analyzer.analyze(form)), "") for form in forms(word))
        return stems

    def all(self, text: str) -> list[str]:
        """Return the indexed words of a text in their order, with an empty one for each stop word."""
        return list(chain.from_iterable(map(self.__getitem__, words(text))))

    def of(self, text: str) -> list[str]:
        """Return the indexed words of a text in their order."""
        return [stem for stem in self.all(text) if stem]

    def root(self, stem: str) -> str:
        """Return letters with which each word of a stem begins; none (empty) where that is not known of a language.

        In English an ending changes one letter of what it follows at most, but ``lying`` has the stem ``lie`` (Porter
        2001, "Snowball").
        """
        if self.language != "english":
            return ""
        return stem[: -2 if stem.endswith("ie") else -1]


def analyzer(language: str, pattern: str) -> Any:
    """Return what cuts a text by a pattern, drops the stop words of a language and stems the others."""
    import tantivy

    stop = (
        tantivy.Filter.custom_stopword(_STOP.split(" ")) if language == "english" else tantivy.Filter.stopword(language)
    )
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(pattern))
    builder = builder.filter(tantivy.Filter.remove_long(100)).filter(tantivy.Filter.lowercase())
    return builder.filter(stop).filter(tantivy.Filter.stemmer(language)).build()
