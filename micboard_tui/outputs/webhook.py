"""A webhook: each notice is posted as JSON to one address."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import httpx

from micboard_tui.contracts.alarm_outputs import AlarmNotice, OutputError, SendNotice

TIMEOUT_S = 8.0


class Webhook:
    """Implements ``AlarmOutput``."""

    name = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def open(self, standing: Sequence[AlarmNotice]) -> AsyncGenerator[SendNotice]:
        del standing  # Nothing of it is kept at the other end.
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:

            async def send(notice: AlarmNotice) -> None:
                try:
                    answer = await client.post(self._url, json=notice.as_document())
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise OutputError(f"The webhook cannot be reached: {type(error).__name__}") from error
                if not answer.is_success:
                    raise OutputError(f"The webhook answers {answer.status_code}")

            yield send
