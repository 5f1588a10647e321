from __future__ import annotations

import pytest

from broadsheet.core.identity import title_id
from broadsheet.core.key_form import key_form


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("  Größe: A\u0301 {T}est! ", "grosse a test"),
        (r"\textsc{Ofa} at 90\% of $\alpha$-decay in {\em Caf\'e}", "ofa at 90 of α decay in cafe"),
        (r"13\,TeV, $\frac{1}{2}$ and $x^{ab}$", "13 tev 1 2 and x ab"),
        ("CO<sub>2</sub> &amp; Łódź", "co sub 2 sub amp łodz"),
        ("ﬁne CO₂", "fine co2"),
    ],
)
def test_the_form_is_that_of_the_first_version(title: str, form: str) -> None:
    assert key_form(title) == form


def test_ids_of_last_resort_stay() -> None:
    assert title_id("A \\emph{Study} of Øre", "Søren Ø") == "title:1ab43f3f58ce551b"
