"""Which addresses are taken, in what form, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.mail.address import checked, key, tag, tagged


@pytest.mark.parametrize(
    ("given_one", "taken"),
    [
        ("a@lab.science", "a@lab.science"),
        ("a@x.museum", "a@x.museum"),
        (" Ada.Stone+papers@LAB.Science ", "Ada.Stone+papers@lab.science"),
        ("o'hara_1/x=y@sub.a-b.example", "o'hara_1/x=y@sub.a-b.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.example", "ada@xn--r8jz45g.example"),
        ("root@localhost", "root@localhost"),
        ("l" * 64 + "@x.example", "l" * 64 + "@x.example"),
    ],
)
def test_what_is_an_address(given_one: str, taken: str) -> None:
    assert checked(given_one) == taken


@pytest.mark.parametrize(
    "wrong",
    [
        "", "ada", "@x.example", "ada@", "ada@host", "a b@x.example", "ada@x.example, bob@x.example",
        "Ada <a@x.example>", "ada@x..example", "ada@-x.example", "ada@x-.example", "ada@[127.0.0.1]", "ada@127.0.0.1",
        ".a@x.example",
        "a..b@x.example", '"a b"@x.example', "ada@x.example\r\nBcc: b@x.example", "ada@x.example\n",
        "a\u202eb@x.example",
        "ädä@x.example", "l" * 65 + "@x.example", "a@" + "x." * 130 + "example", "a@" + "x" * 64 + ".example",
        "ada@faß.example", "ada@x.example>", "a@b@x.example", "ada@\u200dx.example", "a" * 100_000,
    ],
)  # fmt: skip
def test_what_is_none(wrong: str) -> None:
    with pytest.raises(UsageError, match="is not an email address"):
        checked(wrong)


@given(st.text(max_size=80) | st.from_regex(r"[^@]{1,20}@[^@]{1,30}", fullmatch=True))
def test_every_address_taken_is_plain_and_stays_so(text: str) -> None:
    try:
        taken = checked(text)
    except UsageError:
        return
    assert taken.isascii()
    assert taken.isprintable()
    assert not set(taken) & set(' <>",;:\\()[]')
    assert checked(taken) == taken


def test_a_token_goes_in_and_comes_out() -> None:
    made = tagged("bounces@example.org", "3f-A_9")
    assert made == "bounces+3f-A_9@example.org"
    assert tag(made, "bounces@example.org") == "3f-A_9"
    assert tag("Bounces+3f-A_9@relay.example", "bounces@example.org") == "3f-A_9"
    assert tag(made, "unsub@example.org") == ""
    assert tag("bounces@example.org", "bounces@example.org") == ""
    assert tag("bounces+a b@example.org", "bounces@example.org") == ""
    with pytest.raises(UsageError, match="cannot be in an email address"):
        tagged("bounces@example.org", "a@b")


@given(
    st.from_regex(r"[A-Za-z0-9_-]{1,30}", fullmatch=True),
    st.sampled_from(
        ["prvs={}=", "prvs/{}/", "btv1=={}==", "msprvs1={}=", "SRS0={}=TT=lab.science=", "srs1+{}==HHH=TT=x.example="]
    ),
    st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True),
    st.booleans(),
)  # fmt: skip
def test_a_token_is_read_behind_any_signature_of_a_mail_server(token: str, kind: str, mark: str, large: bool) -> None:
    signed = kind.format(mark) + tagged("re.turned@example.org", token)
    assert tag(signed.replace("re.turned", "RE.TURNED") if large else signed, "re.turned@example.org") == token
    assert tag(signed.replace("re.turned", "re-turned"), "re.turned@example.org") == ""
    assert tag(signed, "other@example.org") == ""


def test_letters_large_and_small_are_one_address() -> None:
    assert key(checked("Ada@Lab.science")) == key(checked("ada@lab.science"))
