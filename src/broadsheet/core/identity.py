"""The identity of a paper, independent of its text: one lasting id, and its other identifiers.

id: the arXiv id with its archive and without version; else the DOI; else the source's own id with its prefix;
else a hash of the normalised title and the first author.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from urllib.parse import quote

from broadsheet.core.text import plain

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


def title_id(title: str, first_author: str = "") -> str:
    """Return ``title:`` and 16 hex digits of the normalised title and the first author's last word: the last resort."""
    words = plain(first_author).split()
    key = f"{plain(title)}|{words[-1] if words else ''}"
    return "title:" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def identify(
    title: str, first_author: str = "", *, arxiv: str = "", doi_text: str = "", own: str = "", prefix: str = ""
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
    names = list(dict.fromkeys(identifiers)) or [title_id(title, first_author)]
    return names[0], tuple(names[1:])


def places(names: Sequence[str]) -> dict[str, str]:
    """Return the links of a paper with these identifiers, by kind: at arXiv, else where its DOI leads; may be empty."""
    for name in names:
        if known := arxiv_id(name):
            return {"abstract": f"https://arxiv.org/abs/{known[0]}", "pdf": f"https://arxiv.org/pdf/{known[0]}"}
    registered = next(filter(None, map(doi, names)), None)
    return {"abstract": f"https://doi.org/{quote(registered, safe='/:;()')}"} if registered else {}
