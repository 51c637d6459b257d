"""One connection with a receiver: reports what arrives, and asks."""

import time

import anyio

from acme_micboard.mapping import observation_of
from acme_micboard.wire import Decoder, encode
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.observation import Alive
from micboard_tui.manufacturers.link_conversation import LinkConversation
from micboard_tui.manufacturers.question import Questions

ANSWER_TIMEOUT_S = 2.0
PACE_S = 0.01
"""Between two messages."""


class Conversation(LinkConversation):
    """The link calls ``data_received``; the session calls the rest."""

    def __init__(self, report: Report, meter_interval_s: float) -> None:
        super().__init__(time.monotonic, PACE_S)
        self._report, self._meter_interval_s = report, meter_interval_s
        self._decoder = Decoder()
        self._questions = Questions[list[str]](anyio.Lock(), time.monotonic, self._report_round_trip)
        self.metered: set[int] = set()
        """Channels that have sent a level."""

    def data_received(self, data: bytes) -> None:
        lines = self._decoder.feed(data)
        if not lines:
            return
        self.heard_at = time.monotonic()
        self.messages += len(lines)
        for fields in lines:
            self._questions.take(fields)
            if fields[0] == "LEVEL" and len(fields) > 1 and fields[1].isdecimal():
                self.metered.add(int(fields[1]))
        observations = [observation_of(fields, self._meter_interval_s) for fields in lines]
        # Even a line that says nothing new shows that the receiver is there.
        self._report([observation for observation in observations if observation] or [Alive()])

    async def say(self, *fields: object) -> None:
        """Send what has no answer of its own."""
        async with self._turn:
            await self._send_paced(encode(*fields))

    async def ask(self, *fields: object, answers: tuple[str, ...]) -> list[str]:
        """Send a question and wait for a line that begins so. Raises DeviceError DEVICE_SILENT."""
        answer = await self._questions.ask(
            lambda: self.say(*fields), lambda line: line[0] in answers, ANSWER_TIMEOUT_S
        )
        if answer is None:
            raise DeviceError(
                ErrorCode.DEVICE_SILENT,
                f"It does not answer {fields[0]}",
                hint="Check that TinyLink is switched on in its network menu",
            )
        return answer

    def _report_round_trip(self, round_trip_s: float) -> None:
        self._report([Alive(round_trip_s)])
