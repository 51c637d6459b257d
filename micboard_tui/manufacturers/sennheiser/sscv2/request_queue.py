"""Requests to one SSCv2 device, one at a time and at a pace that it can follow.

Source: docs/reference/protocols/sennheiser.md 6.2.
"""

from collections.abc import Callable

import anyio
import httpx

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.http_errors import credentials_error
from micboard_tui.manufacturers.transport.https import Answer, address_of, ask
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2.message import Json, read_json

PACE_S = 0.02
_ABSENT = frozenset({httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY})
"""No such resource; or a transmitter that is not linked (docs/reference/protocols/sennheiser.md 6.3)."""


class RequestQueue:
    """Raises what ``https.ask`` raises, and DeviceError CREDENTIALS_REFUSED at once."""

    def __init__(self, client: httpx.AsyncClient, clock: Callable[[], float]) -> None:
        self.client = client
        self.address = address_of(client)
        self.round_trip_s = 0.0
        """Of the last request."""
        self._clock = clock
        self._turn = anyio.Lock()
        self._next_at = 0.0
        self._user = ""
        self._is_admitted = False

    def sign_in(self, user: str, secret: str) -> None:
        """Send these credentials with every request from now on; SSCv2 has no signing in as such."""
        self._user = user
        self.client.auth = httpx.BasicAuth(user, secret)

    async def get(self, path: str) -> Json:
        """A resource; None where the device has none now. Raises DeviceError API_ERROR for invalid JSON."""
        # Once the password was accepted, a 403 is about this one resource.
        answer = await self.send("GET", path, may_forbid=self._is_admitted)
        if answer.status in _ABSENT or answer.status == httpx.codes.FORBIDDEN:
            return None
        if not httpx.codes.is_success(answer.status):
            raise DeviceError(
                ErrorCode.API_ERROR,
                f"{self.address} answers {path} with HTTP {answer.status}",
                hint="Check that the address is that of the device; else restart it",
                status=answer.status,
            )
        try:
            return read_json(answer.body)
        except ProtocolError as error:
            raise DeviceError(
                ErrorCode.API_ERROR,
                f"{self.address} answers {path} with something that cannot be read",
                hint=hints.CHECK_ADDRESS,
            ) from error

    async def send(self, method: str, path: str, body: object = None, *, may_forbid: bool = False) -> Answer:
        """Any request. ``may_forbid``: a 403 is about this one thing and not about the password."""
        async with self._turn:
            await anyio.sleep(max(0.0, self._next_at - self._clock()))
            sent_at = self._clock()
            try:
                answer = await ask(self.client, method, path, json=body)
            finally:
                self._next_at = self._clock() + PACE_S
            self.round_trip_s = max(0.0, self._clock() - sent_at)
        if not (may_forbid and answer.status == httpx.codes.FORBIDDEN):
            self.check_status(answer.status)
            self._is_admitted = bool(self._user)
        return answer

    def check_status(self, status: int) -> None:
        """Raises DeviceError CREDENTIALS_REFUSED, at once: wrong tries lock the account.

        Source: docs/reference/protocols/sennheiser.md 6.1.
        """
        credentials = f"the password of the user {self._user}" if self._user else "an open question"
        if (error := credentials_error(status, self.address, credentials)) is not None:
            raise error
