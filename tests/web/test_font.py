"""The site's own face: small, licensed, ours to serve, and never a reason for a line to move."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.site.guard import HEADERS
from broadsheet.web.render import STATIC

ROOT = Path(__file__).resolve().parents[2]
CSS = (STATIC / "broadsheet.css").read_text("utf-8")
FACES = re.findall(r"@font-face \{(.*?)\}", CSS)
FILES = sorted(STATIC.glob("*.woff2"))
NOTICE = (ROOT / "NOTICE").read_text("utf-8")


def test_all_files_together_have_at_most_80_000_bytes() -> None:
    assert len(FILES) == len(FACES) == 4
    assert sum(path.stat().st_size for path in FILES) <= 80_000
    assert all(path.read_bytes()[:4] == b"wOF2" for path in FILES)


def test_every_face_is_a_file_of_ours_and_moves_no_line() -> None:
    sources = [re.findall(r'url\("([^"]+)"\)', face) for face in FACES]
    assert sorted(name for names in sources for name in names) == [path.name for path in FILES]
    assert all("font-display: optional" in face for face in FACES)
    assert CSS.count("@font-face") == len(FACES)


def test_the_styles_name_no_other_host() -> None:
    assert "@import" not in CSS
    for address in re.findall(r"url\(([^)]*)\)", CSS):
        assert not re.match(r"""["']?(?:[a-z]+:)?//""", address), address
    assert "font-src 'self';" in HEADERS["content-security-policy"]


def test_the_styles_know_which_letters_are_in_the_files() -> None:
    constants = {
        target.id: node.value
        for node in ast.walk(ast.parse((ROOT / "scripts" / "font.py").read_text("utf-8")))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    latin = ast.literal_eval(constants["LATIN"])
    made = ast.literal_eval(ast.unparse(constants["FILES"]).replace("LATIN", repr(latin)))
    for face in FACES:
        (name,) = re.findall(r'url\("(.*)\.woff2"\)', face)
        (said,) = re.findall(r"unicode-range: ([^;]+);", face)
        _, (low, high), characters = made[name]
        assert letters(said) <= letters(characters), name
        assert f"font-weight: {low} {high};" in face or (low == high and f"font-weight: {low};" in face)


def letters(ranges: str) -> set[int]:
    parts = [part.strip().removeprefix("U+").split("-") for part in ranges.split(",")]
    return {letter for part in parts for letter in range(int(part[0], 16), int(part[-1], 16) + 1)}


def test_the_licence_is_next_to_the_files_and_named() -> None:
    licence = (STATIC / "serif-OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    (holder,) = re.findall(r"Copyright .* Adobe.*'Source'", licence)
    assert holder in NOTICE
    assert "serif-OFL.txt" in NOTICE
    assert not re.search(r'font-family: "Source', CSS)  # the reserved name


@pytest.mark.parametrize("name", [path.name for path in FILES])
def test_a_file_is_served_as_a_font_and_kept(client: TestClient, name: str) -> None:
    answer = client.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"] == "font/woff2"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers


def test_a_page_asks_for_the_face_of_its_letters_first(client: TestClient) -> None:
    (link,) = re.findall(r'<link rel="preload"[^>]*>', client.get("/").text)
    assert 'href="/static/serif-1.woff2" as="font" type="font/woff2" crossorigin' in link
