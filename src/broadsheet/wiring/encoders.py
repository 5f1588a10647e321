"""Encoders that need what the environment says: the key of a model server, and how much it may read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from broadsheet import config
from broadsheet.core.errors import UsageError
from broadsheet.encoders.openai import OpenAIEncoder, named
from broadsheet.encoders.service import KEYS

_ENTRY = re.compile(r"(?P<host>[^=\s]{1,253})=(?P<key>[!-~]{1,1000})")


def openai(
    rest: str = "",
    *,
    models: Path | None = None,
    cache: Path | None = None,  # noqa: ARG001
    environment: Mapping[str, str] = os.environ,
) -> OpenAIEncoder:
    """``openai:URL?model=NAME``, a model behind OpenAI's API at an address like ``https://HOST/v1``; also ``dim=256``,
    ``prompt=``, ``query_prompt=`` and ``document_prompt=``. Keys are in BROADSHEET_ENCODER_KEYS."""
    folder = models.parent if models else config.collection_folder(None, environment)
    bound = config.load(folder, environment).most_tokens
    return named(rest, keys=encoder_keys(environment), most_tokens=bound)


def encoder_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """Read the keys of model servers by their host, from ``HOST=KEY`` with blanks between. UsageError for anything
    else, which does not quote it."""
    keys: dict[str, str] = {}
    for place, entry in enumerate(environment.get(KEYS, "").split(), 1):
        match = _ENTRY.fullmatch(entry)
        if not match:
            raise UsageError(
                f"Entry {place} of {KEYS} is not HOST=KEY, for example api.example.org=KEY; see its value."
            )
        keys[match["host"].lower()] = match["key"]
    return keys
