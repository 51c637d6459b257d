"""Sends commands to devices, and writes down what came of each: the one way in which they are sent."""

from collections.abc import Callable

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.result import Success
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.services.control.command_event import command_event
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.field_validation import clean_actor


class CommandSender:
    def __init__(self, devices: DeviceContract, events: EventSink, now: Callable[[], float]) -> None:
        """``devices`` reach all of them: on one rack by sessions, else by the collectors."""
        self._devices, self._events, self._now = devices, events, now

    async def send(self, known: DeviceSnapshot, command: Command, actor: str) -> Success[Confirmation]:
        """Wait until the device confirms it; ``note_done`` writes that down.

        That it may have done it without confirming is written down here. Raises MicboardError as
        ``DeviceContract.execute`` answers.
        """
        result = await self._devices.execute(known.device.id, command, actor=actor)
        if result.success:
            return result
        error = result.error
        if error.code is ErrorCode.COMMAND_UNCONFIRMED:
            event = command_event(known, command, None, clean_actor(actor), self._now())
            await store_act(self._events, event)
        raise MicboardError(error.code, error.message, hint=error.hint, **error.details)

    async def note_done(
        self, known: DeviceSnapshot, done: Confirmation, actor: str, *, is_step: bool = False
    ) -> None:
        """That a device did it is an event. ``is_step``: it alone is a step that can be undone."""
        event = command_event(known, done.command, done, clean_actor(actor), self._now(), is_step=is_step)
        await store_act(self._events, event)
