"""What a tool can be asked: its bounds, and what is said of what is beyond them."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from asking_kit import refused
from broadsheet.core.types import Filters
from broadsheet.mcp.arguments import Search, Today
from broadsheet.mcp.context import AgentSite
from broadsheet.mcp.service import tool_info
from broadsheet.mcp.tools import TOOLS, Tool


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search_papers", {}, "query is missing"),
        ("search_papers", {"query": "x", "limit": 51}, "limit: "),
        ("search_papers", {"query": "x", "limit": 0}, "limit: "),
        ("search_papers", {"query": "x", "limit": "many"}, "limit: "),
        ("search_papers", {"query": "x", "offset": -1}, "offset: "),
        ("search_papers", {"query": "x", "offset": 10**12}, "offset: "),
        ("search_papers", {"query": "x" * 100_000}, "query: "),
        ("search_papers", {"query": ["x"]}, "query: "),
        ("search_papers", {"query": "x", "mode": "magic"}, "mode: "),
        ("search_papers", {"query": "x", "since": "someday"}, "since: expected a day"),
        ("search_papers", {"query": "x", "since": "9" * 10_000}, "since: expected a day"),
        ("search_papers", {"query": "x", "authors": ["a"] * 21}, "authors: "),
        ("search_papers", {"query": "x", "ofset": 1}, "no argument 'ofset'. Did you mean offset?"),
        ("get_paper", {"id": "2401.00001", "max_chars": 10**6}, "max_chars: "),
        ("get_paper", {"id": ""}, "id: "),
        ("get_paper", {"id": "x" * 501}, "id: "),
        ("find_similar", {"ids": []}, "ids: "),
        ("find_similar", {"ids": ["a"] * 21}, "ids: "),
        ("get_today", {"period": "2025-13-01"}, "period is '2025-13-01'"),
        ("get_today", {"sort": "beauty"}, "papers cannot be sorted by"),
        ("get_trending", {"days": 32}, "days: "),
    ],
)
def test_a_wrong_argument_is_one_clear_line(site: AgentSite, tool: str, arguments: dict[str, Any], said: str) -> None:
    line = refused(site, tool, **arguments)
    assert said in line
    assert len(line) < 400


def test_names_are_read_as_an_address_gives_them() -> None:
    asked = Search(query="x", authors=[" Ada  Blum ", "Cy Doe; Ada Blum"], categories=[" "])
    assert asked.filters == Filters(authors=("Ada Blum", "Cy Doe"))
    assert not Today(without_categories=[";"]).filters
    assert Today(without_categories=["cs.IR"]).filters == Filters(without_categories=("cs.IR",))
    assert Search(query="x", topics=["12; Word embeddings"]).filters == Filters(topics=("12", "Word embeddings"))
    assert Today(topics=["3"], without_topics=["4"]).filters == Filters(topics=("3",), without_topics=("4",))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_strict_client_can_keep_to_the_schema(tool: Tool) -> None:
    schema = tool_info(tool).input_schema
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, each in schema["properties"].items():
        assert ("default" in each) is (name not in schema.get("required", []))
        if "default" in each:
            jsonschema.validate(each["default"], each)
    whole = {name: each["default"] for name, each in schema["properties"].items() if "default" in each}
    example = whole | {name: {"ids": ["x"]}.get(name, "x") for name in schema.get("required", [])}
    jsonschema.validate(example, schema)
    assert tool.arguments(**example) == tool.arguments(**{name: example[name] for name in schema.get("required", [])})


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_null_for_an_optional_argument_is_its_default(tool: Tool) -> None:
    required = {name for name, each in tool.arguments.model_fields.items() if each.is_required()}
    example = {name: {"ids": ["x"]}.get(name, "x") for name in required}
    nulls = dict.fromkeys(tool.arguments.model_fields.keys() - required)
    assert tool.arguments(**example, **nulls) == tool.arguments(**example)
    for name in required:
        with pytest.raises(ValidationError):
            tool.arguments(**{**example, name: None})
