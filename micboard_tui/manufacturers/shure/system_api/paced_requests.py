"""Questions to the server, one at a time and never faster than its pace."""

from collections.abc import Callable

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.transport.http_errors import credentials_error
from micboard_tui.manufacturers.transport.https import Answer, address_of, ask
from micboard_tui.protocols.shure_system_api.reading import is_json, read_problem

MAX_FAILURES = 5
"""So many answers in a row that the server itself failed, and the session ends."""


class Server:
    """Asks over REST. ``report_answer`` is called with how long each answer took."""

    def __init__(
        self, client: httpx.AsyncClient, report_answer: Callable[[float], None], clock: Clock, pace_s: float
    ) -> None:
        self._client = client
        self._report_answer = report_answer
        self._clock = clock
        self._pace_s = pace_s
        self._turn = anyio.Lock()
        self._next_at = 0.0
        self._failures = 0

    @property
    def address(self) -> str:
        return address_of(self._client)

    async def get(self, path: str) -> bytes | None:
        """What the server answers; None where it does not have this (docs/reference/protocols/shure.md 14.2).

        Raises DeviceError CREDENTIALS_REFUSED, API_ERROR after several failures, and what ``ask`` raises.
        """
        answer = await self.call("GET", path)
        return answer.body if answer.status == httpx.codes.OK else None

    async def call(self, method: str, path: str, json: object = None) -> Answer:
        """One question and its answer, whatever its status but 401 and 403. Raises as ``get``."""
        async with self._turn:
            await anyio.sleep(max(0.0, self._next_at - self._clock()))
            asked_at = self._clock()
            self._next_at = asked_at + self._pace_s
            answer = await ask(self._client, method, path, json=json)
        self._check(answer)
        if not is_failure(answer):
            self._report_answer(max(0.0, self._clock() - asked_at))
        return answer

    def _check(self, answer: Answer) -> None:
        if (refused := credentials_error(answer.status, self.address, "the API key")) is not None:
            raise refused
        self._failures = self._failures + 1 if is_failure(answer) else 0
        if self._failures >= MAX_FAILURES:
            raise unexpected_answer(self.address, answer)


def is_failure(answer: Answer) -> bool:
    """Whether the server could not answer, whatever it was asked, or what answers is no such server."""
    status = answer.status
    if status == httpx.codes.OK:
        return bool(answer.body) and not is_json(answer.body)
    return (
        status >= httpx.codes.INTERNAL_SERVER_ERROR
        or status == httpx.codes.TOO_MANY_REQUESTS
        or httpx.codes.is_redirect(status)
    )


def unexpected_answer(address: str, answer: Answer) -> DeviceError:
    """The error for an answer without what was asked for."""
    problem = read_problem(answer.body)
    hint = "Check the System API service on that computer; the connection is tried again by itself"
    if answer.status == httpx.codes.NOT_FOUND:
        hint = "Check that the port is that of a Shure System API server"
    what = f"HTTP {answer.status}"
    if answer.status == httpx.codes.OK:
        what = "what is no JSON"
    if httpx.codes.is_redirect(answer.status):
        what = f"a redirection (HTTP {answer.status})"
    return DeviceError(
        ErrorCode.API_ERROR,
        f"{address} answers with {what}" + (f" ({problem})" if problem else ""),
        hint=hint,
        status=answer.status,
    )
