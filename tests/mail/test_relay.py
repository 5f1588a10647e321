"""Which addresses name a mail server, and which user and password it may get."""

from __future__ import annotations

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.mail.relay import relay


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://mail.example.org", ("mail.example.org", 465, "implicit")),
        ("smtp://mail.example.org/", ("mail.example.org", 587, "starttls")),
        ("smtp://localhost:25", ("localhost", 25, "starttls")),
        ("smtps://[2001:db8::1]:2465", ("2001:db8::1", 2465, "implicit")),
    ],
)
def test_an_address_of_a_server(url: str, expected: tuple[str, int, str]) -> None:
    found = relay(url)
    assert (found.host, found.port, found.tls) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port", "smtp://host:99999", "smtp://host:0",
        "smtp://mail.example.org/inbox", "smtp://mail.example.org?tls=no", "smtp://mail.example.org:465", "smtp://[::1",
        "smtp://user:s3cret@mail.example.org", "smtp://a b", "smtp://x\r\ny",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(UsageError, match="expected") as caught:
        relay(url)
    assert "s3cret" not in str(caught.value)


def test_a_user_and_a_password_come_together() -> None:
    with pytest.raises(UsageError, match="or neither"):
        relay("smtps://mail.example.org", user="daily")
    with pytest.raises(UsageError, match="ASCII"):
        relay("smtps://mail.example.org", user="daily", password="größer")
