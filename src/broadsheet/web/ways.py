"""Messages from below on pages: what a reader can do instead of typing the command that a message names.

a clause with a command between backticks goes -> the sentence before it ends there -> what the page's reader can do
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"`broadsheet ([a-z]+)[^`\n]*`")
_BEFORE = re.compile(r"[:;.!?](?=\s)")  # what ends the clause in front of the one with the command
_AFTER = re.compile(r"[;.!?](?=\s|$)")
_INDEX = "An editor can make papers searchable on the page Status."
_READ = "An editor can choose and fetch sources on the page Sources."
_WAYS = {
    "sync": _INDEX,
    "ingest": _READ,
    "sources": _READ,
    "fetch": _READ,
    "search": "Search for its title to find it.",
    "topics": "The page Topics lists them.",
}
_OTHERS = "The person who runs this site can change that."


def on_page(message: str) -> str:
    """Return a message without its commands, each replaced by a sentence on what to do on a page."""
    ways = dict[str, None]()
    while found := _COMMAND.search(message):
        ways[_OTHERS if "--" in found[0] else _WAYS.get(found[1], _OTHERS)] = None
        message = f"{_ended(message[: found.start()])} {_rest(message[found.end() :])}".strip()
    return " ".join(filter(None, (message, *ways)))


def _ended(before: str) -> str:
    """What stands before the clause with the command, as whole sentences."""
    last = max((match.start() for match in _BEFORE.finditer(before)), default=-1)
    kept = before[: last + 1].strip()
    return f"{kept[:-1]}." if kept.endswith((":", ";")) else kept


def _rest(after: str) -> str:
    """What follows that clause."""
    end = _AFTER.search(after)
    rest = after[end.end() :].strip() if end else ""
    stop = "" if not rest or rest.endswith((".", "!", "?")) else "."
    return f"{rest[:1].upper()}{rest[1:]}{stop}"
