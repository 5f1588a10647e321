"""The identity of a paper, independent of its text: one lasting id, and its other identifiers.

id: the arXiv id with its archive and without version; else the DOI; else the source's own id with its prefix;
else a hash of the normalised title, the first author and the year: the last resort.
A record whose id is another paper's gets an id of its own, which depends on the record alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from urllib.parse import quote

from broadsheet.core.key_form import key_form

_NEW = r"\d{4}\.\d{4,5}"
_OLD = r"[a-z]+(?:-[a-z]+)*(?:\.[A-Z]{2})?/\d{7}"
_ARXIV = re.compile(
    rf"(?:^|(?:arxiv\.org/(?:abs|pdf|html|format)/)|(?:oai:)?arxiv(?:\.org)?:\s*|10\.48550/arxiv\.)"
    rf"({_NEW}|{_OLD})(?:v(\d{{1,3}}))?(?=$|[\s\].,;)?#]|\.pdf)",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:^|doi\.org/|doi:\s*)(10\.\d{4,9}/\S{1,480})$", re.IGNORECASE)
_PREFIXED = re.compile(r"^(?=\d*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]{0,63}:\S+$")


def arxiv_id(text: str) -> tuple[str, int | None] | None:
    """Find the arXiv id (without version) and the version in an id, an address or an arXiv DOI; else return None.

    ``hep-th/9901001`` keeps its archive; a subject class (``math.GT/0309136``) is not part of the id and is dropped.
    """
    match = _ARXIV.search(text.strip())
    if not match:
        return None
    name = match[1].lower()
    archive, slash, number = name.partition("/")
    return (archive.split(".")[0] + slash + number if slash else name), int(match[2]) if match[2] else None


def doi(text: str) -> str | None:
    """Return the DOI in a text, in lower case and without its resolver, or None."""
    match = _DOI.search(text.strip())
    return match[1].rstrip(".,;").lower() if match else None


_EVERYWHERE = ("openreview:", "acl:", "openalex:")


def everywhere(name: str) -> bool:
    """Tell whether an archive gave this identifier, to one paper alone."""
    return arxiv_id(name) is not None or name.startswith(_EVERYWHERE)


def title_id(title: str, first_author: str = "") -> str:
    """Return ``title:`` and 16 hex digits of the normalised title and the first author's last word: the former last
    resort, still that of papers of which no more is known."""
    words = key_form(first_author).split()
    return _hashed(f"{key_form(title)}|{words[-1] if words else ''}", 8)


def last_resort(title: str, first_author: str = "", year: int | None = None) -> str:
    """Return the id of a paper without identifiers: ``title:`` and 20 hex digits of the normalised title, the first
    author's last word and first initial, and the year; ``title_id`` when neither initial nor year is known."""
    words = key_form(first_author).split()
    initial = words[0][0] if len(words) > 1 else ""
    if not initial and year is None:
        return title_id(title, first_author)
    return _hashed(json.dumps([key_form(title), words[-1] if words else "", initial, year]), 10)


def own_id(name: str, title: str, authors: Sequence[str], year: int | None, *, place: Sequence[str] = ()) -> str:
    """Return the id of a record whose identifier ``name`` is another paper's: ``title:`` and 20 hex digits of all that
    tells the two apart; ``place`` is where it was printed, if that is needed."""
    told = [name, key_form(title), [key_form(author) for author in authors[:200]], year]
    return _hashed(json.dumps([*told, *place] if any(place) else told), 10)


def _hashed(key: str, size: int) -> str:
    return "title:" + hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def identify(
    title: str,
    first_author: str = "",
    *,
    arxiv: str = "",
    doi_text: str = "",
    own: str = "",
    prefix: str = "",
    year: int | None = None,
) -> tuple[str, tuple[str, ...]]:
    """Return the id and every other given identifier, normalised: bare arXiv ids, bare DOIs, prefixed own ids.

    ``own`` may itself be an arXiv id or a DOI in any form; an id that already has a prefix keeps it.
    """
    identifiers: list[str] = []
    for given in (arxiv, doi_text, own):
        if given and (known := arxiv_id(given)):
            identifiers.append(known[0])
    identifiers += [name for given in (doi_text, own, arxiv) if given and not arxiv_id(given) and (name := doi(given))]
    if own and not arxiv_id(own) and not doi(own):
        identifiers.append(own if _PREFIXED.match(own) or not prefix else f"{prefix}:{own}")
    names = list(dict.fromkeys(identifiers)) or [last_resort(title, first_author, year)]
    return names[0], tuple(names[1:])


def places(names: Sequence[str]) -> dict[str, str]:
    """Return the links of a paper with these identifiers, by kind: at arXiv, else where its DOI leads; may be empty."""
    for name in names:
        if known := arxiv_id(name):
            return {"abstract": f"https://arxiv.org/abs/{known[0]}", "pdf": f"https://arxiv.org/pdf/{known[0]}"}
    registered = next(filter(None, map(doi, names)), None)
    return {"abstract": f"https://doi.org/{quote(registered, safe='/:;()')}"} if registered else {}
