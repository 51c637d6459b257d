import anyio
import pytest
from fastapi import Request, Response

from micboard_tui.api.access import Access
from micboard_tui.api.errors import ApiError
from micboard_tui.api.options import ApiOptions
from micboard_tui.api.rate_limits import RateLimiter
from micboard_tui.api.repeated_requests import KEPT_S, MAX_ANSWER_BYTES, KeptAnswers
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from tests.api.conftest import CONTROL, UNHURRIED, ServedRig
from tests.api.openapi_check import check_answer
from tests.fakes.users import FakeUsers
from tests.services.stage import Clock


async def test_a_request_that_comes_again_gets_its_answer_again(served: ServedRig) -> None:
    new = {"name": "Ada"}
    first = await served.post("/performers", new, Idempotency_Key="a")
    again = await served.post("/performers", new, Idempotency_Key="a")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert [again.headers[name] for name in ("location", "etag", "content-type")] == [
        first.headers[name] for name in ("location", "etag", "content-type")
    ]
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)


async def test_a_key_is_of_one_user_and_one_request(served: ServedRig) -> None:
    await served.post("/performers", {"name": "Ada"}, Idempotency_Key="a")
    for path, body in (("/performers", {"name": "Bob"}), ("/undo", None)):
        answer = await served.post(path, body, Idempotency_Key="a")
        assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (422, "INVALID_VALUE")
    other = await served.send("POST", "/performers", {"name": "Bob"}, CONTROL, Idempotency_Key="a")
    assert other.status_code == 201
    assert (await served.post("/undo", Idempotency_Key="b" * 201)).status_code == 422


async def test_a_refusal_is_not_kept(served: ServedRig) -> None:
    assert (await served.post("/redo", Idempotency_Key="a")).status_code == 409
    await served.post("/performers", {"name": "Ada"})
    await served.post("/undo")
    assert (await served.post("/redo", Idempotency_Key="a")).status_code == 200


async def test_a_key_opens_nothing_without_a_login(served: ServedRig) -> None:
    await served.post("/performers", {"name": "Ada"}, Idempotency_Key="a")
    answer = await served.send("POST", "/performers", {"name": "Ada"}, {}, Idempotency_Key="a")
    assert answer.status_code == 403


class Kept:
    """Kept answers, and a route that counts what it carried out."""

    def __init__(self) -> None:
        self.clock = Clock()
        access = Access(FakeUsers(), ApiOptions(), RateLimiter(UNHURRIED.rates), self.clock)
        self.answers = KeptAnswers(access, self.clock, most=3)
        self.count = 0
        self.may_answer = anyio.Event()
        self.may_answer.set()
        self.body = b"{}"

    async def handle(self) -> Response:
        self.count += 1
        await self.may_answer.wait()
        return Response(self.body, 201)

    async def fail(self) -> Response:
        self.count += 1
        raise ApiError(ErrorInfo(ErrorCode.COMMAND_UNCONFIRMED, "The device did not say that it did it"))

    async def ask(self, key: str) -> Response:
        return await self.answers.answer(make_request(), key, self.handle)


def make_request() -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    headers = [(b"authorization", b"Bearer mb_2_write"), (b"host", b"127.0.0.1")]
    return Request(
        {
            "type": "http",
            "method": "POST",
            "path": "/undo",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        },
        receive,
    )


async def test_what_comes_meanwhile_waits_for_the_first() -> None:
    kept = Kept()
    kept.may_answer = anyio.Event()
    answers: list[Response] = []

    async def ask() -> None:
        answers.append(await kept.ask("a"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert (kept.count, answers) == (1, [])
        kept.may_answer.set()
    assert (kept.count, [answer.status_code for answer in answers]) == (1, [201, 201])


async def test_who_waits_carries_it_out_when_the_first_was_cancelled() -> None:
    kept = Kept()
    kept.may_answer = anyio.Event()
    answers: list[Response] = []

    async def ask() -> None:
        answers.append(await kept.ask("a"))

    async with anyio.create_task_group() as tasks:
        first = anyio.CancelScope()

        async def ask_and_leave() -> None:
            with first:
                await ask()

        tasks.start_soon(ask_and_leave)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        kept.may_answer.set()
    assert (kept.count, len(answers)) == (2, 1)


async def test_an_answer_is_kept_for_ten_minutes() -> None:
    kept = Kept()
    await kept.ask("a")
    kept.clock.now += KEPT_S
    await kept.ask("a")
    assert kept.count == 1
    kept.clock.now += 1.0
    await kept.ask("a")
    assert kept.count == 2


async def test_of_too_many_answers_the_oldest_is_forgotten() -> None:
    kept = Kept()
    for key in "abcd":
        await kept.ask(key)
    await kept.ask("b")
    assert kept.count == 4
    await kept.ask("a")
    assert kept.count == 5


async def test_what_a_device_did_not_confirm_is_not_asked_for_again() -> None:
    kept = Kept()
    for _ in range(2):
        answer = await kept.answers.answer(make_request(), "a", kept.fail)
        assert answer.status_code == 504
    assert kept.count == 1


async def test_an_answer_that_is_too_long_is_not_kept_and_still_done_once() -> None:
    kept = Kept()
    # Not compressible.
    kept.body = b"".join(hash((number, "x")).to_bytes(8, "big", signed=True) for number in range(10_000))
    assert len(kept.body) > MAX_ANSWER_BYTES
    await kept.ask("a")
    again = await kept.ask("a")
    assert (kept.count, again.status_code) == (1, 201)
    assert b"too long" in bytes(again.body)


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_has_a_length(key: str) -> None:
    with pytest.raises(ApiError, match="characters"):
        await Kept().ask(key)
