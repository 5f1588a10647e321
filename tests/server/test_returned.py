"""The door for returned mail beside a running site: a report that comes through it stops the mails."""

from __future__ import annotations

import logging
import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.digest.returned import return_token
from broadsheet.server import create_app
from broadsheet.store.mail import Choice
from site_kit import NOW, made

REPORT = """From: MAILER-DAEMON@mx.lab.science
Subject: Undelivered mail returned to sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="line"

--line
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lab.science

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.1

--line--
"""


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def settings(where: str) -> Settings:
    return Settings(mail_returned=where, mail_bounces="bounces@example.org", mail_leaving="leave@example.org")


def test_a_report_through_the_door_is_acted_on_while_the_site_runs(collection: Collection, tmp_path: Path) -> None:
    ada = collection.store.people.add("ada@example.org", "reader", now=NOW - timedelta(days=9))
    collection.store.mail.subscribe(ada.number, Choice(), now=NOW)
    path = tmp_path / "lmtp"
    token = return_token(collection.store.people.secret(), ada.number)
    with TestClient(create_app(collection, settings(f"unix:{path}"), now=lambda: NOW), base_url="http://localhost"):
        with smtplib.LMTP(str(path), local_hostname="mx") as line:
            line.sendmail("", [f"bounces+{token}@example.org"], REPORT)
            assert collection.store.mail.suppressed(ada.address) == "hard"
            line.sendmail("", [f"leave+{token}@example.org"], "Subject: leave\r\n\r\nplease\r\n")
        assert collection.store.mail.subscriptions() == []
    with pytest.raises(OSError), smtplib.LMTP(str(path), local_hostname="mx"):  # noqa: PT011 - the kind depends
        pass


def test_a_place_that_is_taken_is_told_and_the_site_goes_on(
    collection: Collection, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, caplog.at_level(logging.WARNING, "broadsheet.server"):
        where = f"127.0.0.1:{other.getsockname()[1]}"
        with TestClient(create_app(collection, settings(where), now=lambda: NOW), base_url="http://localhost") as site:
            assert site.get("/healthz").status_code == 200
    assert f"the server takes no returned email: {where}" in caplog.text
