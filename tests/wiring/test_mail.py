"""Mail as the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.config import Settings
from broadsheet.core.errors import UsageError
from broadsheet.mail.smtp import SmtpMailer
from broadsheet.wiring.mail import letterhead, mailer
from fakes import WordEncoder


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[bs.Collection]:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made


def test_what_the_settings_say_of_mail_reaches_the_server_and_the_mail(collection: bs.Collection) -> None:
    settings = Settings(
        mail="smtp://mail.example.org", mail_from="daily@example.org", mail_reply="editor@example.org",
        mail_user="daily", mail_ca_file="/etc/ssl/house.pem", address="https://papers.example.org",
    )  # fmt: skip
    sender = mailer(collection, settings, {"BROADSHEET_MAIL_PASSWORD": "secret"})
    assert isinstance(sender, SmtpMailer)
    assert (sender.relay.user, sender.relay.password) == ("daily", "secret")
    assert sender.relay.ca_file == Path("/etc/ssl/house.pem")
    assert letterhead(settings).reply == "editor@example.org"
    with pytest.raises(UsageError, match=r"mail_password_file \(or BROADSHEET_MAIL_PASSWORD"):
        mailer(collection, settings, {})
