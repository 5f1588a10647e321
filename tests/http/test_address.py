"""Addresses: which are public, which are refused, and what of them is shown."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.http.address import public, sealed, shown, target


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1", "2001:db8::1",
        "fe80::1%eth0", "localhost", "",
    ],
)  # fmt: skip
def test_what_is_not_public(address):
    assert not public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public(address):
    assert public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.test/", "file:///etc/passwd", "//a.test", "http://", "http://a.test:99999/", "http://me@a.test/",
        "http://a b.test/", "gopher://x", "", "http://[::1", "http://a.test\\@b.test/", "http://\ud800.test/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url):
    with pytest.raises(SourceError):
        target(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error(text):
    for url in (text, "http://" + text, "https://a.test/" + text):
        with contextlib.suppress(SourceError):
            assert target(url).path.isascii()


def test_secrets_stay_out_of_messages():
    assert (
        shown("https://me:pw@a.test/x?api_key=abc&q=1&Token=t#frag") == "https://***@a.test/x?api_key=***&q=1&Token=***"
    )
    assert len(shown("http://a.test/" + "x" * 999)) == 200
    assert shown("http://a.test/?a=b?token=t&b=c") == "http://a.test/?a=***&b=c"


def test_an_endless_address_is_shown_at_once() -> None:
    """A server may lead to any address; one look at each place of it is enough."""
    assert len(shown("http://a.test/?" + "tokenkey" * 8_000)) == 200
    assert len(shown("http://a.test/?" + "a" * 64_000)) == 200


def test_what_is_sent_in_the_clear_stays_on_private_networks():
    there = ["93.184.215.14", "10.1.2.3", "127.0.0.1", "::1"]
    assert sealed(target("https://models.example.org/v1"), there) == there
    assert sealed(target("http://models.example.org/v1"), there) == there[1:]
    with pytest.raises(SourceError, match="use https"):
        sealed(target("http://models.example.org/v1"), there[:1])
