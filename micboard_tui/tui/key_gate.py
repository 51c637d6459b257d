"""Lets keys in one at a time, so that each reaches the screen that the keys before it have opened.

Theory of operation. Textual hands a key to the focused widget's queue at once; its action runs only when the
key has come up through the queues of all parents. Keys typed or pasted in one instant would all be handed to
the widget that was focused before the first of them did anything. The gate stands before that and is

* OPEN: the next key is forwarded, which makes it
* HANDLING: keys are held. A callback follows the key through the same queues, once for the key, and once for
  each message that it may cause (a list reports what was chosen, a screen asks the app for it). Then the next
  held key is forwarded, and with none left the gate is open.
* OPENING: a flow was started that opens a screen, which a worker does later. Keys are held until the screen
  is there. When the flow ends without one, or takes too long, they are dropped: they were meant for the
  screen, and on the board they would do anything.

Characters that were typed into a field meanwhile reach it in one piece, as if they were pasted: so what
follows from its text is done once for all of them. At most ``MAX_HELD`` keys are held and ``MAX_PASTE``
characters of a text are pasted; what is above that is dropped, and ``report_dropped`` is called. A field of
Textual's own gets a limit before anything reaches it. All methods run in the app's event loop; ``take`` is
called for keys and pasted texts alike.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from time import monotonic
from typing import Any, TypeAlias

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.widgets import Input
from textual.worker import Worker

from micboard_tui.tui.dropped_input import DropReport

ROUNDS = 3
"""For the key itself, for a message of the widget, and for one of its screen."""
HANDLED_WITHIN_S = 2.0
"""A queue that takes longer does not hold the keyboard any more."""
OPENED_WITHIN_S = 10.0
"""Nor does a flow whose screen does not come: longer than a database that is locked makes it wait."""
MAX_HELD = 1000
MAX_PASTE = 4096
MAX_LINE = 200
"""Of a field that has no limit of its own."""
UNHELD_KEY = "ctrl+q"
"""Quits even while keys are held."""
UserInput: TypeAlias = events.Key | events.Paste


class GateState(Enum):
    OPEN = "open"
    HANDLING = "handling"
    OPENING = "opening"


class KeyGate:
    def __init__(
        self,
        app: App[Any],
        forward: Callable[[UserInput], Awaitable[None]],
        report_dropped: Callable[[], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``forward`` hands a key to whatever is focused."""
        self._app, self._forward, self._clock = app, forward, clock
        self._report_dropped = DropReport(report_dropped, clock)
        self._state, self._since = GateState.OPEN, 0.0
        self._flow: Worker[Any] | None = None
        self._held: deque[UserInput] = deque()
        self._turn = 0
        """Of the key that is followed now; callbacks that follow one before it are late and do nothing."""

    async def take(self, event: UserInput) -> None:
        """Forward it, now or when its turn comes."""
        if isinstance(event, events.Key) and event.key == UNHELD_KEY:
            await self._forward(event)
            return
        if self._state is GateState.OPENING and (self._has_flow_ended or self._is_late(OPENED_WITHIN_S)):
            self._held.clear()
            self._state = GateState.OPEN
        elif self._state is GateState.HANDLING and self._is_late(HANDLED_WITHIN_S):
            self._state = GateState.OPEN
        if isinstance(event, events.Paste) and len(event.text) > MAX_PASTE:
            event = events.Paste(event.text[:MAX_PASTE])
            self._report_dropped()
        if len(self._held) < MAX_HELD:
            self._held.append(event)
        else:
            self._report_dropped()
        if self._state is GateState.OPEN:
            await self._forward_next()

    def drop_held(self) -> None:
        """What is held is the start of a flood, and would keep the board busy long after its end."""
        self._held.clear()
        self._report_dropped()

    def expect_screen(self, flow: Worker[Any]) -> None:
        """Hold keys until ``flow`` has opened a screen or ended."""
        self._state, self._since, self._flow = GateState.OPENING, self._clock(), flow

    def pass_to_screen(self) -> None:
        """The screen is there: held keys are for it."""
        if self._state is GateState.OPENING:
            self._start_handling()

    @property
    def _has_flow_ended(self) -> bool:
        return self._flow is None or self._flow.is_finished or self._flow.is_cancelled

    def _is_late(self, limit_s: float) -> bool:
        return self._clock() - self._since > limit_s

    async def _forward_next(self) -> None:
        if not self._held:
            self._state = GateState.OPEN
            return
        self._state = GateState.HANDLING
        await self._forward(self._next_input())
        if self._state is GateState.HANDLING:
            self._start_handling()

    def _next_input(self) -> UserInput:
        """What is held longest; as one text what was typed into a field in one go."""
        field = self._app.focused
        if not isinstance(field, Input):
            return self._held.popleft()
        field.max_length = field.max_length or MAX_LINE
        first = self._held.popleft()
        if field.restrict or not (text := _character(first)):
            return first
        while self._held and (character := _character(self._held[0])):
            text += character
            self._held.popleft()
        return first if len(text) == 1 else events.Paste(text)

    def _start_handling(self) -> None:
        self._state, self._since = GateState.HANDLING, self._clock()
        self._turn += 1
        self._follow(self._turn, self._path, ROUNDS - 1)

    @property
    def _path(self) -> Sequence[DOMNode]:
        """Through whose queues a key goes, the app's last."""
        return (self._app.focused or self._app.screen).ancestors_with_self

    async def _go_on(self, turn: int, path: Sequence[DOMNode], rounds: int) -> None:
        if turn != self._turn:
            return
        if path:
            self._follow(turn, path, rounds)
        elif rounds:
            self._follow(turn, self._path, rounds - 1)
        elif self._state is GateState.HANDLING:
            await self._forward_next()

    def _follow(self, turn: int, path: Sequence[DOMNode], rounds: int) -> None:
        """Go on when the first of ``path`` that is still there has done what is in its queue."""
        for index, node in enumerate(path, 1):
            if node.call_later(self._go_on, turn, path[index:], rounds):
                return


def _character(event: UserInput) -> str:
    """What the key types; empty where it does something else."""
    if isinstance(event, events.Key) and event.is_printable and event.character:
        return event.character
    return ""
