"""Comments on the pages: written, edited and deleted; no one changes another's."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.web.comments import router
from door_kit import addresses
from people_kit import browser, member, site


def test_comments_are_written_edited_and_deleted(collection: Collection) -> None:
    ada, ben = member(collection), member(collection, address="ben@example.org")
    app = site(collection)
    hers, his, editors = browser(app, ada), browser(app, ben), browser(app, member(collection, "editor"))
    collection.store.people.set_name(ada.number, "Ada <b>")
    page = "/paper/2610.00048"
    where = hers.press("/comments", paper="2610.00048", text="**Bold** <script>x</script> $a_1$")
    assert where.headers["location"] == f"{page}#comment-1"
    his.press("/comments", paper="2610.00048", text="Second")
    text = his.get(page).text
    assert "<strong>Bold</strong> &lt;script&gt;x&lt;/script&gt; <math><mrow><msub><mi>a</mi>" in text
    assert "Ada &lt;b&gt;" in text
    assert "ada@" not in text
    assert text.index("Bold") < text.index("Second")
    assert "2 comments" in his.get("/").text
    assert "/comments/1" not in text, "what is not one's own cannot be changed"
    for path in ("/comments/1", "/comments/1/delete"):
        assert his.press(path, text="hijacked").status_code == 404
    hers.press("/comments/1", text="*Edited*", next=page)
    text = hers.get(page).text
    assert "<em>Edited</em>" in text
    assert "(edited)" in text
    assert editors.press("/comments/1", text="no").status_code == 404, "an editor deletes, and rewrites nothing"
    assert editors.press("/comments/2/delete", next=page).headers["location"] == f"{page}#comments"
    assert "Second" not in hers.get(page).text
    assert hers.press("/comments/2/delete").status_code == 404
    assert "1 comment<" in hers.get("/").text


@pytest.mark.parametrize("text", ["", " \n", "x" * 5_001, "> " * 40 + "x", "x" * 60_000])
def test_what_is_no_comment_is_refused(collection: Collection, text: str) -> None:
    visitor = browser(site(collection), member(collection))
    assert visitor.press("/comments", paper="2610.00048", text=text).status_code == 400
    assert collection.store.comments.on([collection.store.papers.number("2610.00048")]) == []


def test_a_writer_who_went_leaves_nothing_but_the_talk_of_others(collection: Collection) -> None:
    ada = member(collection)
    app = site(collection)
    browser(app, ada).press("/comments", paper="2610.00048", text="Gone soon")
    collection.store.people.remove(ada.number)
    assert "Gone soon" not in browser(app).get("/paper/2610.00048").text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"POST /comments", "POST /comments/{comment}", "POST /comments/{comment}/delete"}
