"""What version 0.1.0 kept opens, verifies, answers, restores, imports; and what it mailed still leads somewhere.

The Collection was made once (``fixtures/make_collection_0_1.py``) and is never made again. It is asked through its
doors: the command line, the site, the root of the package.
"""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI

import broadsheet as bs
from broadsheet import config
from broadsheet.server import create_app
from old_kit import BASE, Visitor, answers, command, differences, printed

OLD = Path(__file__).resolve().parent / "fixtures" / "collection-0.1"
MADE = json.loads((OLD / "made.json").read_text("utf-8"))
TOLD = json.loads((OLD / "answers.json").read_text("utf-8"))
NOW = datetime.fromisoformat(MADE["now"])
TODAY, VANE = "2026-03-03", "10.5555/vane.2024.1"
SUITS_CY = re.compile("(cy | /feeds/own/4-).*for(%20)?you")  # asked for by Cy, or at the address of Cy's own feed
WORD = re.compile("/strength: was '(?:weak|fair|good|strong)', is '(?:weak|fair|good|strong)'$")
BY_PROBABILITY = re.compile('"search"|/api/(?:papers/)?search\\?|/api/queries/')
SENT_SINCE = {  # church bells heard, fair: one paper more, in its trial, its list and its feed
    "/74/3/rate/papers: was 1, is 2", "/74/3/rate/silent: was 25, is 24", "/74/3/stricter/papers: was 1, is 2",
    "/74/3/stricter/silent: was 25, is 24", "/74/3/newest: had 1 entries, has 2", "/77/3: had 1 entries, has 2",
    "/92/3/items: had 1 entries, has 2",
}  # fmt: skip
DERIVED = ("lexicon", "spaces", "cache")
DIGESTS = [each for each in MADE["links"] if each["kind"] == "digest"]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all that was kept; the sources' names begin in its folder."""
    monkeypatch.setenv("COLUMNS", "100")
    for name in list(os.environ):
        if name.startswith("BROADSHEET_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "old"
    shutil.copytree(OLD, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def app(old: Path) -> Iterator[FastAPI]:
    """The site over the copy, at the moment at which its answers were kept."""
    with bs.open(old / "collection", create=False) as collection:
        yield site(collection)


def site(collection: Any, *, later: timedelta = timedelta(0)) -> FastAPI:
    """The site over a Collection, a while after the last letters were written."""
    return create_app(collection, config.load(collection.path), now=lambda: NOW + later)


def done(*arguments: str, data: Path) -> str:
    """What a command prints that must end well."""
    code, text = command(*arguments, "--data", str(data))
    assert code == 0, (arguments, text)
    return text


def at(moment: str, *arguments: str, data: Path) -> str:
    """The same as ``done`` at a moment of the past."""
    clock = Path(__file__).with_name("kits") / "stopped_clock.py"
    run = subprocess.run([sys.executable, clock, moment, *arguments, "--data", data], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def answers_as_before(collection: Any) -> list[str]:
    """Where the site or the command line says something else than it said, in the order without stages, which came
    later.

    Since then an author who is followed counts as liked. So what suits Cy is asked once more when Cy has stopped
    following: all that Cy likes else must still give what it gave.
    """
    done("stages", "fast", data=collection.path)
    asked = [question[:2] for question in TOLD["answers"]]
    running = site(collection)
    now = answers(running, MADE["reading"], asked)
    said = printed(collection.path, [command_line for command_line, _, _ in TOLD["printed"]])
    for author in program(running, "cy").get("/api/authors").json():
        assert program(running, "cy").delete(f"/api/authors/{author}").is_success
    for place in [n for n, question in enumerate(asked) if SUITS_CY.match(" ".join(question))]:
        assert now[place][2] == 200
        [now[place]] = answers(running, MADE["reading"], [asked[place]])
    return without_words(TOLD["answers"], differences(TOLD["answers"], now)) + without_words(
        TOLD["printed"], differences(TOLD["printed"], said)
    )


def without_words(told: list[Any], found: list[str]) -> list[str]:
    """The differences that are not the word for a match: in searches and alerts it is read off the probability of
    relevance since. Also without what one alert, whose words begin elsewhere now, has sent since."""

    def is_word(each: str) -> bool:
        question = json.dumps(told[int(each.split("/")[1])][:2])
        return bool(WORD.search(each)) and bool(BY_PROBABILITY.search(question))

    return [each for each in found if not is_word(each) and each not in SENT_SINCE]


def without_scores(found: list[str]) -> list[str]:
    """The differences that are not scores: a Lexicon made again since format 2 weighs words otherwise. The order of
    every list is as it was."""
    return [each for each in found if not re.search(r"/(?:score|contribution): was -?[\d.]+, is -?[\d.]+$", each)]


def link(kind: str) -> str:
    """The one mailed link of a kind."""
    (url,) = [each["url"] for each in MADE["links"] if each["kind"] == kind]
    return str(url)


def key(url: str) -> str:
    """What a mailed link holds."""
    return parse_qs(urlsplit(url).query)["key"][0]


def program(app: FastAPI, who: str) -> Visitor:
    """A program with somebody's token that may change things."""
    return Visitor(app, token=MADE["writing"][who])


def archive(folder: Path, file: Path) -> list[dict[str, Any]]:
    """The lines of the archive of a Collection, without the moment it was made at."""
    done("export", "--all", "--with-secret", str(file), data=folder)
    return lines(file)


def lines(file: Path) -> list[dict[str, Any]]:
    """The lines of an archive, without the moment it was made at."""
    found = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    del found[0]["made"]
    return found


def without_topics(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of an archive as they were before the first sync that found topics."""
    rest = [line for line in found if line.get("in") not in ("topics", "topic_centres")]
    assert rest[0]["numbers"].pop("topics", 0) == sum(line.get("in") == "topics" for line in found) > 0
    rest[-1]["end"]["rows"] -= len(found) - len(rest)
    return rest


def kept(table: str) -> list[dict[str, Any]]:
    """The rows of a table in the archive that was kept."""
    return [line["row"] for line in lines(OLD / "everything.jsonl") if line.get("in") == table]


def rows(found: list[dict[str, Any]]) -> list[str]:
    """The rows of an archive in an order of their own."""
    return sorted(json.dumps(line, sort_keys=True) for line in found)


def test_it_opens_and_nothing_is_wrong(old: Path) -> None:
    folder = old / "collection"
    found = json.loads(done("verify", "--all", "--json", data=folder))
    assert {each["level"] for each in found} == {"ok"}, found
    with bs.open(folder, create=False) as collection:
        (best, *_) = bs.search(collection, "sorting herbarium sheets", k=1).items
        assert best.document.title == "Sorting Herbarium Sheets by Leaf Outline"


def test_it_answers_as_before(old: Path) -> None:
    with bs.open(old / "collection", create=False) as collection:
        assert answers_as_before(collection) == []


def test_stages_order_the_same_papers_anew(old: Path) -> None:
    searches = [path for who, path, *_ in TOLD["answers"] if path.startswith("/api/search?q=") and not who]
    assert searches
    with bs.open(old / "collection", create=False) as collection:
        visitor = Visitor(site(collection))
        for path in searches:
            plain, staged = (
                visitor.get(path.replace("k=", f"stages={stages}&k=100&limit=")).json()["items"]
                for stages in ("fast", "default")
            )
            assert {each["paper"]["id"] for each in plain} == {each["paper"]["id"] for each in staged}
            shared = [each for each in staged if "neighbours" in each["parts"]]
            assert bool(shared) == ("mode=hybrid" in path)
            for each in shared:
                total = sum(part["contribution"] for part in each["parts"].values())
                assert each["score"] == pytest.approx(total, abs=1e-6)


def test_what_is_derived_can_be_deleted(old: Path) -> None:
    folder = old / "collection"
    for name in DERIVED:
        shutil.rmtree(folder / name, ignore_errors=True)
    done("sync", data=folder)
    assert {each["level"] for each in json.loads(done("verify", "--all", "--json", data=folder))} == {"ok"}
    with bs.open(folder, create=False) as collection:
        assert without_scores(answers_as_before(collection)) == []


def test_the_same_sources_bring_nothing_new(old: Path) -> None:
    folder = old / "collection"
    before = archive(folder, old / "before.jsonl")
    for run in json.loads(done("ingest", *MADE["sources"], "--json", data=folder)):
        assert (run["new"], run["changed"]) == (0, 0), run
    done("sync", data=folder)
    assert without_topics(archive(folder, old / "after.jsonl")) == before
    assert "0 planned; 1 sent" in at("2026-03-03T09:30:00+00:00", "digest", "send", data=folder)


def test_the_first_sync_gives_it_topics(old: Path) -> None:
    topics = json.loads(done("sync", "--json", data=old / "collection"))["topics"]
    assert (topics["placed"] + topics["adrift"], topics["refit"], topics["reason"]) == (39, True, "")
    assert topics["new"] > 1
    assert "every paper is in its topic" in done("jobs", "topics", data=old / "collection")


def test_nothing_there_was_merged_wrongly(old: Path) -> None:
    folder = old / "collection"
    before = archive(folder, old / "before.jsonl")
    done("split", "--yes", data=folder)
    for run in json.loads(done("ingest", *MADE["sources"], "--json", data=folder)):
        assert (run["new"], run["clashes"]) == (0, 0), run
    assert archive(folder, old / "after.jsonl") == before


def test_what_was_planned_is_sent_and_nothing_twice(old: Path) -> None:
    folder = old / "collection"
    mails = {path.name for path in (folder / "outbox").iterdir()}
    assert "0 planned; 1 sent" in at("2026-03-03T09:30:00+00:00", "digest", "send", data=folder)
    (new,) = {path.name for path in (folder / "outbox").iterdir()} - mails
    mail = email.message_from_bytes((folder / "outbox" / new).read_bytes(), policy=policy.default)
    (ben,) = (row["person"] for row in kept("people") if row["address"] == "ben@lab.example")
    assert mail["To"] == "ben@lab.example"
    assert mail["Message-ID"].startswith(f"<digest-{TODAY}-{ben}.")
    body = mail.get_body(("html",))
    assert body
    shown = re.findall(r"/paper/([^\"#]+)", body.get_content())
    (frozen,) = (json.loads(row["body"]) for row in kept("editions") if (row["period"], row["person"]) == (TODAY, ben))
    assert frozen["papers"] or frozen["general"]
    assert set(shown) == {each["id"] for each in (*frozen["papers"], *frozen["general"])}
    assert "0 planned; nothing to send" in at("2026-03-03T09:40:00+00:00", "digest", "send", data=folder)
    assert {path.name for path in (folder / "outbox").iterdir()} == mails | {new}


def test_what_happened_there_is_told(old: Path) -> None:
    folder = old / "collection"
    jobs = {each["job"]: each for each in json.loads(done("jobs", "--json", data=folder))}
    assert differences(MADE["jobs"], jobs) == []
    assert MADE["problems"]
    assert differences(MADE["problems"], json.loads(done("status", "--json", data=folder))["problems"]) == []


PAGES = (
    ("ada", "/lists", "Leaves to sort"), ("ada", "/lists/1", "Oak Outlines"), ("ada", "/queries", "Ropes"),
    ("ada", "/queries/3", "Tide Gauges That Repair Themselves"), ("ada", "/foryou", "Leaf Outlines of Seedlings"),
    ("cy", "/interests", "Otto Sand"), ("ada", "/account", "a writer"), ("ada", f"/paper/{VANE}", "Ask Ben about"),
    ("ada", "/subscribe", 'value="6"'), ("ada", "/sources", "past.jsonl"), ("ben", "/desk/2026-03-02", "A day of"),
    ("cy", "/submit", "10.5555/sand"), ("cy", "/lists", "thesis"), ("cy", "/lists?show=declined", "Limescale Grows"),
    ("dee", "/paper/2602.00102", "It is: see section 3."), ("", "/day/2026-03-02", "A day of leaves, bells and ropes."),
    ("", "/paper/2602.00101", "A comment on the paper"), ("", "/trending", "Leaf Outlines of Seedlings"),
)  # fmt: skip


@pytest.mark.parametrize(("who", "path", "words"), PAGES)
def test_a_page_shows_what_its_reader_did(app: FastAPI, who: str, path: str, words: str) -> None:
    page = Visitor(app, session=MADE["sessions"].get(who, "")).get(path)
    assert page.status_code == 200
    assert words in page.text


def test_the_archive_is_the_same_again(old: Path) -> None:
    assert archive(old / "collection", old / "again.jsonl") == lines(old / "everything.jsonl")


def test_the_archive_comes_in(old: Path) -> None:
    new = old / "new"
    new.mkdir()
    shutil.copy(old / "collection" / "broadsheet.toml", new)
    done("import", "--all", str(old / "everything.jsonl"), data=new)
    done("sync", data=new)
    assert rows(without_topics(archive(new, old / "again.jsonl"))) == rows(lines(old / "everything.jsonl"))
    with bs.open(new, create=False) as collection:
        visitor = Visitor(site(collection), session=MADE["sessions"]["ada"])
        assert visitor.get("/api/me").status_code == 401, "sessions and tokens belong to one instance"
        assert visitor.get(urlsplit(link("subscribe")).path, params={"key": key(link("subscribe"))}).status_code == 200


def test_the_backup_comes_back_alone(old: Path) -> None:
    new = old / "new"
    code, _ = command("restore", str(old / "backup"), "--data", str(new))
    assert code == 0
    done("sync", data=new)
    done("stages", "fast", data=new)
    told = MADE["backup"]["printed"]
    (difference,) = without_words(told, without_scores(differences(told, printed(new, [each for each, _, _ in told]))))
    assert "/paused: was None" in difference, "nothing is mailed until somebody says so"


def test_the_backup_comes_back_over_what_was_sent_since(old: Path) -> None:
    folder = old / "collection"
    before = json.loads(done("digest", "status", "--json", data=folder))
    refused = json.loads(done("digest", "suppressions", "--json", data=folder))
    assert [each["address"] for each in refused] == ["eve@lab.example"]
    done("restore", str(old / "backup"), data=folder)
    done("sync", data=folder)
    after = json.loads(done("digest", "status", "--json", data=folder))
    assert after["paused"]
    assert before["periods"][TODAY].pop("planned") == 1, "who subscribed since the backup has to do so again"
    assert (after["periods"], after["subscribers"]) == (before["periods"], before["subscribers"] - 1)
    assert json.loads(done("digest", "suppressions", "--json", data=folder)) == refused
    assert "paused" in at("2026-03-03T09:30:00+00:00", "digest", "send", data=folder)
    assert {each["level"] for each in json.loads(done("verify", "--all", "--json", data=folder))} == {"ok"}
    with bs.open(folder, create=False) as collection:
        app = site(collection)
        assert program(app, "fay").get("/api/digest").json()["subscribed"] is False, "who left since has left"
        assert program(app, "cy").get("/api/me/feeds").status_code == 200
        assert Visitor(app).get("/api/papers/2603.00201").status_code == 404, "it came after the backup"
        assert "Sign in as" in Visitor(app).get(link("sign-in")).text


def test_a_link_signs_in_once(app: FastAPI) -> None:
    visitor, url = Visitor(app), link("sign-in")
    page = visitor.get(url)
    assert page.status_code == 200
    assert "cy@lab.example" in page.text
    entered = visitor.press("/sign-in/link", url, key=key(url), next="/lists")
    assert (entered.status_code, entered.headers["location"]) == (303, "/lists")
    assert visitor.get("/api/me").json()["address"] == "cy@lab.example"
    assert "has been used" in Visitor(app).press("/sign-in/link", url, key=key(url)).text


def test_used_and_ended_links_sign_nobody_in(app: FastAPI) -> None:
    visitor = Visitor(app)
    assert "has expired" in visitor.get(link("sign-in, ended")).text
    assert "has expired" in visitor.get(link("sign-in, used")).text
    assert visitor.get("/api/me").status_code == 401


def test_a_link_used_just_before_the_upgrade_stays_used(old: Path) -> None:
    used = next(each for each in MADE["links"] if each["kind"] == "sign-in, used")
    with bs.open(old / "collection", create=False) as collection:
        then = datetime.fromisoformat(used["made"]) - NOW + timedelta(minutes=1)
        visitor = Visitor(site(collection, later=then))
        pressed = visitor.press("/sign-in/link", used["url"], key=key(used["url"]))
        assert "has been used" in pressed.text


@pytest.mark.parametrize(("kind", "who"), [("subscribe", "gil"), ("subscribe again", "eve")])
def test_a_link_confirms_a_subscription(app: FastAPI, old: Path, kind: str, who: str) -> None:
    visitor, url = Visitor(app), link(kind)
    page = visitor.get(url)
    assert page.status_code == 200
    assert f"{who}@lab.example" in page.text
    before = json.loads(done("digest", "status", "--json", data=old / "collection"))["subscribers"]
    assert "You are subscribed" in visitor.press("/subscribe/confirm", url, key=key(url)).text
    after = json.loads(done("digest", "status", "--json", data=old / "collection"))["subscribers"]
    assert after == before + (who == "gil")
    refused = json.loads(done("digest", "suppressions", "--json", data=old / "collection"))
    assert [each["address"] for each in refused] == ([] if who == "eve" else ["eve@lab.example"])


def test_a_link_changes_an_address(app: FastAPI) -> None:
    visitor, url = Visitor(app, session=MADE["sessions"]["dee"]), link("address")
    page = visitor.get(url)
    assert page.status_code == 200
    assert "dee@home.example" in page.text
    assert visitor.press("/account/address/confirm", url, key=key(url)).status_code == 303
    assert visitor.get("/api/me").json()["address"] == "dee@home.example"
    assert "has been used" in visitor.get(url).text


@pytest.mark.parametrize("digest", DIGESTS, ids=lambda each: f"{each['whose'].partition('@')[0]}-{each['made'][:10]}")
def test_all_that_a_digest_leads_to_opens(app: FastAPI, digest: dict[str, Any]) -> None:
    visitor, who = Visitor(app), digest["whose"].partition("@")[0]
    for page in digest["pages"]:
        assert visitor.get(page).status_code == 200, page
    assert f"{BASE}/subscribe" in digest["pages"]
    token = MADE["reading"][who]
    leave = digest["one_click"]
    assert ("You are not subscribed" in visitor.get(leave).text) is (who == "fay")
    program = Visitor(app, token=token)
    assert program.get("/api/digest").json()["subscribed"] is (who != "fay")
    clicked = visitor.post(leave, data={"List-Unsubscribe": "One-Click"})
    assert (clicked.status_code, clicked.text) == (200, "Unsubscribed.\n")
    assert program.get("/api/digest").json()["subscribed"] is False
    assert visitor.press(f"{urlsplit(leave).path}/again", leave).status_code == 303
    assert program.get("/api/digest").json()["subscribed"] is True
    assert visitor.post(leave, data={"List-Unsubscribe": "One-Click", "page": "1"}).status_code == 303
    assert program.get("/api/digest").json()["subscribed"] is False


def test_old_digests_come_back_and_are_left_by_mail(old: Path) -> None:
    folder = old / "collection"
    mails = {each["whose"].partition("@")[0]: each for each in DIGESTS}
    report = (old / "returned.mbox").read_text("utf-8").replace("report-1@", "report-2@").replace("eve@", "cy@")
    bounced = re.sub(r"(?m)^To: .*$", f"To: {mails['cy']['return_path']}", report)
    named = report.replace("report-2@", "report-3@").replace("cy@", "dee@").removesuffix("--line--\n")
    named = re.sub(r"(?m)^To: .*$", "To: daily@broadsheet.example", named)
    named += f"--line\nContent-Type: message/rfc822\n\nMessage-ID: {mails['dee']['message_id']}\n\nText.\n--line--\n"
    left = f"From: ada@lab.example\nTo: {mails['ada']['mailto']}\nMessage-ID: <end-1@lab.example>\n\nEnd.\n"
    ends = f"From ada@lab.example Tue Mar  3 08:00:00 2026\n{left}"
    (old / "new.mbox").write_text(f"{bounced}\n{named}\n{ends}", "utf-8")
    done("digest", "bounces", str(old / "new.mbox"), data=folder)
    found = {each["address"] for each in json.loads(done("digest", "suppressions", "--json", data=folder))}
    assert {"eve@lab.example", "cy@lab.example", "dee@lab.example"} <= found
    with bs.open(folder, create=False) as collection:
        assert program(site(collection), "ada").get("/api/digest").json()["subscribed"] is False
    done("digest", "suppressions", "--lift", "eve@lab.example", data=folder)
    done("digest", "bounces", str(old / "returned.mbox"), data=folder)
    again = json.loads(done("digest", "suppressions", "--json", data=folder))
    assert "eve@lab.example" not in {each["address"] for each in again}, "the old version has read this letter"


def test_private_feeds_answer_at_their_old_addresses(app: FastAPI) -> None:
    visitor = Visitor(app)
    for who in ("ada", "cy"):
        for feed in program(app, who).get("/api/me/feeds").json():
            assert visitor.get(feed["url"]).status_code == 200
    assert visitor.get(MADE["former_feed"]).status_code == 404, "it was renewed"


def test_sessions_and_tokens_hold(app: FastAPI) -> None:
    for who, token in MADE["reading"].items():
        if who == "ida":
            assert Visitor(app, token=token).get("/api/me").status_code == 401, "she has left"
            continue
        reading, writing = Visitor(app, token=token), program(app, who)
        address = f"{who}@lab.example"
        assert reading.get("/api/me").json()["address"] == writing.get("/api/me").json()["address"] == address
        browser = Visitor(app, session=MADE["sessions"][who])
        assert browser.get("/api/me").json()["address"] == address
        path = "/api/papers/2603.00203/vote"
        assert reading.put(path).status_code == 403
        assert writing.put(path).json()["voted"] is True
        assert writing.delete(path).json()["voted"] is False
        assert browser.press("/act/vote", "/newest", paper="2603.00203").status_code == 303
        assert writing.get("/api/papers/2603.00203/marks").json()["voted"] is True
