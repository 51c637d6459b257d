import json
from collections.abc import AsyncIterator, Sequence

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from micboard_tui.api.request_body import MAX_BODY_BYTES, READ_LIMIT_S, RequestBodies, check_json
from tests.api.conftest import WRITE, ServedRig
from tests.api.openapi_check import check_answer

PERFORMERS = "/api/v1/performers"
JSON = {**WRITE, "Content-Type": "application/json"}


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(0, size, 1024):
        yield b" " * 1024


async def test_a_body_that_is_too_long_is_refused_however_it_comes(served: ServedRig) -> None:
    for content in (b" " * (MAX_BODY_BYTES + 1), in_chunks(MAX_BODY_BYTES + 1024)):
        answer = await served.client.post(PERFORMERS, content=content, headers=JSON)
        assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (413, "INVALID_VALUE")
        assert answer.headers["connection"] == "close"
    padded = json.dumps({"name": "Ada"}).ljust(MAX_BODY_BYTES)
    assert (await served.client.post(PERFORMERS, content=padded, headers=JSON)).status_code == 201


async def test_only_json_is_taken(served: ServedRig) -> None:
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {**WRITE, **({} if kind is None else {"Content-Type": kind})}
        answer = await served.client.post(PERFORMERS, content=b'{"name": "Ada"}', headers=headers)
        code = check_answer(served, answer)["error"]["code"]
        assert (answer.status_code, code) == (415, "INVALID_VALUE"), kind


NO_JSON: Sequence[bytes] = (
    b'{"name": NaN}',
    b'{"name": -Infinity}',
    b'{"name": 1e999}',
    b'{"name": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"name": "\xff"}',
    b"\xff\xfe{\x00}\x00",
    b'{"name": ' + b"9" * 5000 + b"}",
    b"[" * 60_000,
    b"[" * 17 + b"]" * 17,
    b'{"a":' * 17 + b"1" + b"}" * 17,
    b"{",
    b"{}x",
    b"null",
    b"[]",
    b'"Ada"',
)


async def test_what_is_no_json_that_we_understand_is_refused_and_nothing_breaks(served: ServedRig) -> None:
    for body in NO_JSON:
        answer = await served.client.post(PERFORMERS, content=body, headers=JSON)
        code = check_answer(served, answer)["error"]["code"]
        assert (answer.status_code, code) == (422, "INVALID_VALUE"), body[:30]


def test_json_as_people_send_it_is_taken() -> None:
    for value in ({"a": [{"b": [1, 2.5, None, True, "ü\U0001f3a4"]}]}, 1, "x"):
        check_json(json.dumps(value).encode())
        check_json(json.dumps(value, ensure_ascii=False).encode())


async def never_asked(_: Scope, __: Receive, ___: Send) -> None:
    raise AssertionError


@pytest.mark.virtual_time
async def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await anyio.sleep(READ_LIMIT_S / 3)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    await RequestBodies(never_asked)({"type": "http", "method": "POST", "headers": []}, receive, send)
    assert sent[0]["status"] == 408


async def test_who_has_left_is_not_answered() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await RequestBodies(never_asked)({"type": "http", "method": "POST", "headers": []}, receive, send)
