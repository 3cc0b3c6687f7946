"""What is wrong with a request's fields is reported in a plain sentence, by the HTTP API and for whatever pydantic may find."""

from __future__ import annotations

from typing import Annotated, Any, cast

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from bot.api import invalid_arguments
from bot.api.application import application
from bot.api.service import ApiService
from bot.api.tokens import Tokens

ASKED = {"prompt": "add 1 and 2", "session_id": "s"}


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/generate", {"session_id": "s"}, "prompt is missing."),
        ("/generate", {**ASKED, "prompt": " "}, "prompt must contain more than white space."),
        ("/generate", {**ASKED, "prompt": ""}, "prompt must not be empty."),
        ("/generate", {**ASKED, "prompt": "x" * 8001}, "prompt must have at most 8,000 characters."),
        ("/generate", {**ASKED, "prompt": "a\0b"}, "prompt must not contain the NUL character."),
        ("/generate", {**ASKED, "prompt": 5}, "prompt must be text."),
        ("/generate", {**ASKED, "wait": -1}, "wait must be at least 0."),
        ("/generate", {**ASKED, "wait": 10**9}, "wait must be at most 3,600."),
        ("/generate", {**ASKED, "wait": 10**400}, "wait is too large."),
        ("/generate", {**ASKED, "wait": "soon"}, "wait must be a number."),
        ("/execute", {"code": "1", "session_id": "s", "run": "perhaps"}, "run must be true or false."),
        ("/proposals/p_1/approve", {"sha256": "x"}, "sha256 doesn't have the required format."),
        ("/generate", [], "The body must be an object."),
    ],
)
async def test_the_api_says_what_is_wrong(path: str, body: Any, sentence: str) -> None:
    app = application(cast("ApiService", None), Tokens({}), [])
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.post(path, json=body)
    assert answer.status_code == 422
    assert answer.json() == {"error": {"code": "invalid", "message": sentence}}


@pytest.mark.parametrize(
    "body", ["{", "nonsense", "9" * 5000, '{"prompt": "\\ud800", "session_id": "s"}', "[" * 100_000]
)
async def test_a_body_that_can_not_be_read_is_a_sentence(body: str) -> None:
    app = application(cast("ApiService", None), Tokens({}), [])
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 1), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.post("/generate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text
    assert set(answer.json()["error"]) == {"code", "message"}
    assert answer.json()["error"]["message"].endswith(".")


class Everything(BaseModel):
    text: Annotated[str, Field(min_length=2, max_length=4, pattern="a+")] = "aa"
    whole: Annotated[int, Field(ge=1, lt=10)] = 1
    number: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1
    switch: bool = True
    many: list[int] = []
    named: dict[str, int] = {}


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.text(), max_size=2)
)


@given(st.dictionaries(st.sampled_from(list(Everything.model_fields)), VALUES))
def test_every_objection_is_one_sentence_without_the_input(fields: dict[str, Any]) -> None:
    try:
        Everything.model_validate(fields)
    except ValidationError as error:
        sentence = invalid_arguments.sentence(error.errors(include_url=False))
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert "pydantic" not in sentence
        assert "is invalid" not in sentence
