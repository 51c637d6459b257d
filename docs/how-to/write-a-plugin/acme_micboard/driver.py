"""A session with one receiver: what is said when. Connecting and disconnecting is ``SessionDriver``'s."""

import anyio

from acme_micboard.conversation import Conversation
from acme_micboard.wire import parse_number
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.command import Command, Confirmation, SetChannelName
from micboard_tui.manufacturers.link_conversation import LinkSessions
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.session_timing import is_quiet
from micboard_tui.manufacturers.transport.link import Dial

DRIVER = "acme-tinylink"
PORT = 4711
USUAL_INTERVAL_S = 0.1
TICK_S = 0.5
MAX_LOOKS = 3
"""For meters: what has not come within so many intervals does not come."""


def make_driver(dial: Dial, options: SessionOptions) -> SessionDriver:
    """A driver for what ``dial`` connects with; connects nothing yet."""
    wanted_s = options.meter_interval_s
    interval_s = USUAL_INTERVAL_S if wanted_s is None else wanted_s
    sessions = LinkSessions(
        dial,
        lambda report: AcmeSession(Conversation(report, interval_s), interval_s, options.silence_limit_s),
    )
    return SessionDriver(sessions.connect)


class AcmeSession:
    """Implements ``DeviceSession``, which says what is asked of each method."""

    def __init__(self, conversation: Conversation, interval_s: float, silence_limit_s: float) -> None:
        self.conversation = conversation
        self._interval_s, self._silence_limit_s = interval_s, silence_limit_s
        self._channels = 0

    @property
    def takes_commands(self) -> bool:
        return self._channels > 0

    async def stay(self) -> None:
        await self._read_everything()
        while True:
            await anyio.sleep(TICK_S)
            if is_quiet(self.conversation.silence_s, self._silence_limit_s):
                await self.conversation.say("HELLO")

    async def look(self) -> None:
        await self._read_everything()
        for _ in range(MAX_LOOKS if self._interval_s else 0):
            if len(self.conversation.metered) == self._channels:
                break
            await anyio.sleep(self._interval_s)

    async def prepare(self) -> None:
        await self.conversation.ask("HELLO", answers=("IS",))

    async def execute(self, command: Command) -> Confirmation:
        """Done when the device says so. What the device cannot do is never sent."""
        if not isinstance(command, SetChannelName):
            raise DeviceError(
                ErrorCode.COMMAND_NOT_SUPPORTED, "TinyLink cannot do that", hint="Do it at the front panel"
            )
        answer = await self.conversation.ask("NAME", command.channel, command.name, answers=("CHANNEL", "NO"))
        if answer[0] == "NO":
            reason = " ".join(answer[1:])
            raise DeviceError(ErrorCode.DEVICE_REFUSED, f"It refuses ({reason})", hint="Choose another name")
        name = " ".join(answer[5:])
        return Confirmation(command, name, adapted=name != command.name)

    async def leave(self) -> None:
        """Leave the device as we found it."""
        if self._channels:
            self._channels = 0
            await self.conversation.say("METER", 0)

    async def _read_everything(self) -> None:
        """Ask for everything, and for meters."""
        identity = await self.conversation.ask("HELLO", answers=("IS",))
        channels = (parse_number(identity[2], 1, 2) if len(identity) > 2 else None) or 1
        for channel in range(1, channels + 1):
            await self.conversation.ask("SHOW", channel, answers=("CHANNEL",))
        self._channels = channels
        if self._interval_s:
            await self.conversation.say("METER", round(self._interval_s * 1000))
