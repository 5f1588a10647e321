import pytest

from broadsheet.config import collection_folder, load
from broadsheet.core.errors import UsageError


def test_order_of_origins(tmp_path):
    (tmp_path / "broadsheet.toml").write_text('port = 1\nhost = "0.0.0.0"\nnames = ["a.example"]\n')
    assert load(tmp_path, {}).port == 1
    settings = load(tmp_path, {"BROADSHEET_PORT": "2", "BROADSHEET_ALLOW_PRIVATE": "yes", "BROADSHEET_DATA": "x"})
    assert (settings.port, settings.allow_private, settings.names) == (2, True, ("a.example",))
    assert load(tmp_path, {"BROADSHEET_PORT": "2"}, port=3, host=None).port == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "port"),
        ("port = true", "whole number"),
        ("names = 5", "list of texts"),
        ("port =", "is not TOML"),
        ('zone = "Europe/Berln"', "Europe/Berlin"),
        ('zone = "../etc/passwd"', "is not a time zone"),
        ('zone = "Europe"', "time zone"),
        ('address = "papers.example.org"', "setting address is 'papers.example.org'.*https://"),
        ('address = "https://papers.example.org/some path"', "setting address"),
        ('address = "https://papers.example.org/?q=1"', "setting address"),
        ('mail_from = "daily"', "setting mail_from: 'daily' is not an email address"),
        ('mail_reply = "a@b@c.example"', "setting mail_reply"),
        ('mail_bounces = "bounces"', "setting mail_bounces"),
        ('mail_leaving = "leave@"', "setting mail_leaving"),
        ('mail_returned = "0.0.0.0:24"', "not a place for returned email"),
        ('mail_returned = "mail.example.org"', "not a place for returned email"),
        ('mail_returned = "127.0.0.1:8024"', "set mail_bounces too"),
        ('mail = "mail.example.org"', "setting mail .*smtps://HOST"),
    ],
)
def test_bad_settings_say_where_and_what(tmp_path, text, says):
    (tmp_path / "broadsheet.toml").write_text(text)
    with pytest.raises(UsageError, match=says):
        load(tmp_path, {})


@pytest.mark.parametrize("address", ["https://papers.example.org/", "http://[::1]:8000", "https://example.org/papers"])
def test_addresses_of_a_site_that_can_be(tmp_path, address):
    assert load(tmp_path, {"BROADSHEET_ADDRESS": address}).address == address


def test_folder():
    assert collection_folder(None, {}).name == "broadsheet-data"
    assert collection_folder(None, {"BROADSHEET_COLLECTION": "x"}).name == "x"
    assert collection_folder("y", {"BROADSHEET_COLLECTION": "x"}).name == "y"


def test_zone(tmp_path):
    assert load(tmp_path, {}).time_zone is None
    assert str(load(tmp_path, {"BROADSHEET_ZONE": "Asia/Tokyo"}).time_zone) == "Asia/Tokyo"
