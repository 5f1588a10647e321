"""Comparing two texts, for programs: see tests/web/test_compare.py for the answer itself."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.api.compare import Text, TextPair


def test_the_answer_names_the_encoder_and_both_texts(client: TestClient) -> None:
    answer = client.post("/api/compare", json={"a": "Leaves of plants", "b": "Leaves. Of pressed plants."})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["model"], body["a"]["words"], body["a"]["cut"]) == ("hash", [], False)
    assert [each["other"] for each in body["b"]["matches"]] == ["Leaves of plants"] * 2


def test_texts_are_bounded_before_they_are_read() -> None:
    schema = TextPair.model_json_schema()["properties"]["a"]
    assert (schema["minLength"], schema["maxLength"]) == (1, 5_000)
    assert Text is not str
