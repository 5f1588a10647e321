"""Values of foreign fields (dates, people, lists, links), and how a table of aliases assigns the fields.

sort a record's keys by the table of aliases, best alias first
convert each value; one that does not fit stays a fact in `extra`
derive the id, the aliases and the readable forms, and check the Document
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any

from broadsheet.core.identity import arxiv_id, doi, identify, places
from broadsheet.core.imprint import KEYS, isbns, issns, kind_stated
from broadsheet.core.records import MOST_CHARACTERS, checked
from broadsheet.core.status import titled
from broadsheet.core.text import clipped, plain, readable
from broadsheet.core.types import Document, Name
from broadsheet.sources.dates import when, year
from broadsheet.sources.lists import Who, categories, people, shown, string, strings

Table = Mapping[str, tuple[str, ...]]
_LONGEST_FACT = 20_000
_LONGEST_CLEANED = 50_000
_MOST_OPENINGS = 500  # after each of which cleaning looks some hundred characters ahead
_LONGEST_KEY = 200
_LINK = re.compile(r"https?://[^\s<>\"'{}|\\^`]{3,2000}$", re.IGNORECASE)
_CODE = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org)/[\w.-]+/[\w.-]*[\w-]", re.IGNORECASE)
_HOSTS = (
    (re.compile(r"openreview\.net/(?:forum|pdf)\?id=([\w-]+)"), "openreview"),
    (re.compile(r"aclanthology\.org/([A-Z0-9][\w.-]*?)(?:\.pdf|/)?$"), "acl"),
)


def link(value: Any) -> str | None:
    """Return an http or https address, or None."""
    text = string(value)
    return text if text and _LINK.match(text) else None


def whole_title(title: str, subtitle: str, addition: str = "") -> str:
    """Return a title with its subtitle and its addition: ``Rivers: A History. Second Part``; one that it has already
    is not added."""
    if title and subtitle and plain(subtitle) not in plain(title):
        title = f"{title} {subtitle}" if title.rstrip("}")[-1:] in (":", "?", "!") else f"{title}: {subtitle}"
    if title and addition and plain(addition) not in plain(title):
        title = f"{title} {addition}" if title.rstrip("}")[-1:] in ".?!" else f"{title}. {addition}"
    return title


def code_in(text: str) -> str | None:
    """Return the one code repository that a text names; None when it names none or several."""
    named = set(_CODE.findall(text[:100_000]))
    return named.pop().removesuffix(".git") if len(named) == 1 else None


def count(value: Any) -> int | None:
    """Return a whole number from 0 to 2**53, also from text with thousands separators, or None."""
    text = (string(value) or "").replace(",", "").removesuffix(".0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _serials(read: Callable[[str], tuple[str, ...]], value: Any) -> list[str] | None:
    """Return the ISBNs or ISSNs of a text or a list of texts, or None."""
    return list(read(" ; ".join(strings(value) or ()))) or None


_DATES = ("submitted", "updated", "announced", "listed", "estimated", "first_seen")
CONVERT: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_DATES, when),
    **dict.fromkeys(("version", "votes", "comments"), count),
    **dict.fromkeys(("url", "abstract", "pdf", "code", "project"), link),
    "authors": people,
    "editor": people,
    "isbn": partial(_serials, isbns),
    "issn": partial(_serials, issns),
    "categories": categories,
    "keywords": strings,
    "year": year,
}


def plain_key(key: str) -> str:
    """Return a column's name as the tables write it: lower case, only letters and digits, cut to a sensible length."""
    return _plain_key(key[:_LONGEST_KEY])


@lru_cache(maxsize=4096)
def _plain_key(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def sorted_out(record: Mapping[str, Any], table: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the converted values of the fields in ``table``, and all other facts. The best alias that fits wins.

    A fact of the print that has its fixed key already stays among the others, too.
    """
    keys = {plain_key(key): key for key in reversed(list(record))}
    values: dict[str, Any] = {}
    used = set()
    for name, aliases in table.items():
        convert: Callable[[Any], Any] = CONVERT.get(name, string)
        for key in (keys[alias] for alias in aliases if alias in keys):
            if (value := convert(record[key])) is not None:
                values[name] = value
                if not says_more(name, record[key], value) and not (name in KEYS and key == name):
                    used.add(key)
                break
    return values, {key: value for key, value in record.items() if key not in used}


def says_more(name: str, raw: Any, value: Any) -> bool:
    """Return whether a date says more than the year that was read from it, for example a month."""
    return name in (*_DATES, "year") and isinstance(value, int) and len(str(raw).strip(" /-.")) > 4


def document(
    values: Mapping[str, Any], extra: Mapping[str, Any], *, prefix: str = "", clean: Callable[[str], str] = readable
) -> Document:
    """Make a checked Document from converted values; ``clean`` makes texts readable. ValueError says what is wrong."""
    title, text = values.get("title", ""), values.get("text", "")
    if not title:
        raise ValueError("no title")
    if len(title) > MOST_CHARACTERS["title"]:  # before any work on it
        raise ValueError(f"the title has {len(title):,} characters; at most {MOST_CHARACTERS['title']:,} are kept")
    name, aliases = _names(values, prefix)
    given = {key: values[key] for key in ("categories", "keywords", "votes", "comments") if key in values}
    given |= {key: value for key in _DATES if isinstance(value := values.get(key), date)}
    return checked(
        Document(
            id=name,
            title=title,
            text=text,
            readable_title=_readable(title, clean),
            readable_text=_readable(text, clean),
            authors=tuple(map(shown, values.get("authors", ()))),
            names=_parts_of(values.get("authors", ())),
            venue=_cleaned(values.get("venue", ""), clean),
            kind=values["kind"] if "kind" in values else kind_stated(extra),
            year=_year(values),
            version=values.get("version") or _version(values),
            links=_links(values, (name, *aliases)),
            aliases=aliases,
            extra=facts({**extra, **_printed(values, clean)}),
            status=values.get("status") or titled(title),
            **given,
        )
    )


def _parts_of(people: Sequence[Who]) -> tuple[Name, ...]:
    """Return the parts of the names, aligned with the people; empty if none are known."""
    names = tuple(Name() if isinstance(who, str) else who for who in people)
    return names if any(name.shown for name in names) else ()


def _printed(values: Mapping[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    """Return the facts of the print under their fixed keys, readable."""
    printed = {key: values[key] for key in KEYS if values.get(key)}
    return {
        key: _cleaned(value, clean) if isinstance(value, str) else [shown(each) for each in value]
        for key, value in printed.items()
    }


def _year(values: Mapping[str, Any]) -> int | None:
    return next((value for key in ("year", *_DATES) if isinstance(value := values.get(key), int)), None)


def _names(values: Mapping[str, Any], prefix: str) -> tuple[str, tuple[str, ...]]:
    """Return the id and the aliases: from the record's own identifiers and from its address."""
    url, own = values.get("url", ""), re.sub(r"\s+", "_", values.get("own", ""))
    spoken = [f"{kind}:{match[1]}" for pattern, kind in _HOSTS if (match := pattern.search(url))]
    prefix = re.sub(r"[^A-Za-z0-9_.-]+", "-", prefix).strip("-._")[:60]
    prefix = prefix if prefix[:1].isalpha() else f"file-{prefix}"
    name, aliases = identify(
        values["title"],
        shown(next(iter(values.get("authors", ())), "")),
        arxiv=values.get("arxiv", "") or (url if arxiv_id(url) else ""),
        doi_text=values.get("doi", "") or (url if doi(url) else ""),
        own=own or next(iter(spoken), ""),
        prefix=prefix,
        year=_year(values) or (day.year if isinstance(day := values.get("submitted"), date) else None),
    )
    others = [*aliases, *spoken, *_pubmed(values), *values.get("also", ()), *_own_before(values, prefix)]
    others += filter(None, [values.get("former", "")])
    return name, tuple(alias for alias in dict.fromkeys(others) if alias != name)


def _own_before(values: Mapping[str, Any], prefix: str) -> tuple[str, ...]:
    """Return the id that an earlier version gave the record, where it took another key for its own id."""
    own = re.sub(r"\s+", "_", values.get("own_before", ""))
    of_no_use = own.startswith("http") and (values.get("doi") or values.get("arxiv"))
    return identify("", own=own, prefix=prefix)[:1] if own and not of_no_use else ()


def _pubmed(values: Mapping[str, Any]) -> list[str]:
    """Return the numbers of a paper in PubMed as aliases; they never become the id of what is known by another name."""
    number, central = values.get("pmid", ""), values.get("pmc", "")
    names = [f"pmid:{number}"] if re.fullmatch(r"[1-9]\d{0,8}", number) else []
    return [*names, f"pmcid:{central}"] if re.fullmatch(r"PMC\d{1,9}", central) else names


def _version(values: Mapping[str, Any]) -> int | None:
    known = (arxiv_id(values.get(key, "")) for key in ("arxiv", "own", "url"))
    return next((found[1] for found in known if found), None)


def _links(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """Return the links by kind, with the ones that follow from the identifiers; the form of an address tells whether
    it is a PDF or code."""
    kinds = {kind: values.get(kind) for kind in ("abstract", "pdf", "code", "project")}
    if url := values.get("url"):
        is_pdf = url.lower().endswith(".pdf") or "/pdf/" in url
        kind = "pdf" if is_pdf else "code" if _CODE.fullmatch(url) else "abstract"
        kinds[kind] = kinds[kind] or url
    kinds["code"] = kinds["code"] or code_in(values.get("text", ""))
    return places(names) | {kind: address for kind, address in kinds.items() if address}


def _readable(text: str, clean: Callable[[str], str]) -> str:
    """Return the readable form, empty if it equals the text."""
    better = _cleaned(text, clean)
    return better if better != text else ""


def _cleaned(text: str, clean: Callable[[str], str]) -> str:
    """Make the text readable; leave it as it is if it is too long, or has too many openings, to be an abstract."""
    opened = sum(map(text.count, ("``", "\\(", "\\[")))
    return clean(text) if len(text) <= _LONGEST_CLEANED and opened <= _MOST_OPENINGS else text


def facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the other facts of a record: no empty ones, long texts cut and marked, numbers over 2**53 as text."""
    kept = {str(key): _fact(value) for key, value in record.items()}
    return {key: value for key, value in kept.items() if value not in (None, "", [], {})}


def _fact(value: Any, depth: int = 20) -> Any:
    if depth == 0:
        raise ValueError("a value is nested more than 20 levels deep")
    if isinstance(value, str):
        return clipped(value, _LONGEST_FACT)
    if isinstance(value, Mapping):
        return {str(key): _fact(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_fact(item, depth - 1) for item in value]
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value
