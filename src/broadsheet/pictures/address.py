"""Where the picture of a paper may be: what its sources gave, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from broadsheet.core.types import Document

_MOST = 3  # addresses of one paper
_LONGEST = 2_000  # characters
_OTHERS = re.compile(r"\.(?!(?:png|jpe?g|gif|webp)\Z)[a-z0-9]{2,5}\Z", re.IGNORECASE)  # endings of other files


def addresses(paper: Document) -> list[str]:
    """Return at most three addresses of pictures: the authors' own figures first, then the source's thumbnail.

    A thumbnail is often the paper's title drawn as a picture, which says nothing that the title does not. Films, which
    sources put among the figures, are left out.
    """
    media = paper.extra.get("media")
    figures = [each for each in _sound(media if isinstance(media, list | tuple) else ()) if _is_picture(each)]
    return list(dict.fromkeys([*figures, *_sound([paper.extra.get("thumbnail")])]))[:_MOST]


def _sound(values: object) -> Iterator[str]:
    """Yield the plain web addresses among some values of a source."""
    for value in values if isinstance(values, list | tuple) else ():
        if isinstance(value, str) and len(value) <= _LONGEST and value.lower().startswith(("https://", "http://")):
            yield value


def _is_picture(address: str) -> bool:
    try:
        return not _OTHERS.search(urlsplit(address).path)
    except ValueError:
        return False
