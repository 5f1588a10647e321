"""What readers make of papers, through the API: marks and notes, set and taken back."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from broadsheet.api.reactions import router
from broadsheet.collection import Collection
from door_kit import addresses
from program_kit import program
from site_kit import ODD_ID

HERB, KNOTS = "2401.00001", "hep-th/9901001"


@pytest.mark.parametrize("id_", [HERB, KNOTS, "10.5555/herb", ODD_ID])
def test_marks_are_set_and_taken_back(collection: Collection, id_: str) -> None:
    client, path = program(collection), f"/api/papers/{quote(id_, safe='/')}"
    for act, field in (("vote", "voted"), ("read", "read"), ("decline", "declined")):
        for _ in range(2):
            assert client.put(f"{path}/{act}").json()[field] is True
        assert client.get(f"{path}/marks").json()[field] is True
        assert client.delete(f"{path}/{act}").json()[field] is False
    assert client.put(f"{path}/note", json={"text": "again\r\n\u202e!"}).json()["note"] == "again\n!"
    assert client.delete(f"{path}/note").json()["note"] == ""
    assert client.put("/api/papers/none/vote").status_code == 404
    assert client.put(f"{path}/explode").status_code == 422


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/papers/{id:path}/marks",
        "DELETE /api/papers/{id:path}/note",
        "PUT /api/papers/{id:path}/note",
        "DELETE /api/papers/{id:path}/{act}",
        "PUT /api/papers/{id:path}/{act}",
    }
