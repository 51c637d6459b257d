"""What flows ask the user with and tell the user with. The app offers it; tests offer a script and a list."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from textual.notifications import SeverityLevel
from textual.screen import Screen

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.key_overrides import Keymap
from micboard_tui.tui.screens.dialogs import error_text

if TYPE_CHECKING:
    # The first board waits for what is loaded here, and needs none of it.
    from micboard_tui.contracts.recap import RecapQuery
    from micboard_tui.tui.arrange.threshold_lines import ThresholdLine

BRIEF_S = 4.0
WARNING_S = 10.0
Answer = TypeVar("Answer")


class AskScreen(Protocol):
    """Opens a dialog and waits for its answer."""

    async def __call__(self, screen: Screen[Answer], /) -> Answer | None:
        """None: the user left it."""
        ...


class Notify(Protocol):
    """Shows a message at the edge of the screen."""

    def __call__(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        """``timeout`` in seconds; None: as long as messages usually stay."""
        ...


@runtime_checkable
class Selection(Protocol):
    """A screen on which channels or devices are selected."""

    @property
    def chosen_channels(self) -> Sequence[ChannelRef]:
        """The channels that the next key is for."""
        ...

    @property
    def chosen_devices(self) -> Sequence[DeviceId]:
        """Their receivers, each once."""
        ...

    @property
    def reason_for_no_channel(self) -> str:
        """Why there is no such channel, and what to do."""
        ...

    def show_change(self) -> None:
        """Something of what is selected was changed: show it, and take marks away."""
        ...


@runtime_checkable
class AlarmSelection(Selection, Protocol):
    """A screen on which alarms are selected."""

    @property
    def chosen_alarms(self) -> Sequence[AlarmKey]:
        """The alarms that the next key is for."""
        ...

    @property
    def shown_alarms(self) -> Sequence[AlarmKey]:
        """All that its filter lists."""
        ...


@runtime_checkable
class ThresholdSelection(Selection, Protocol):
    """A screen on which a threshold is selected."""

    @property
    def chosen_threshold(self) -> "ThresholdLine | None":
        """None: there is none yet."""
        ...

    @property
    def chosen_scope(self) -> ThresholdScope:
        """For whom it is set."""
        ...

    @property
    def scope_title(self) -> str:
        """The same for people."""
        ...

    def count_marked(self, name: ThresholdName, value: float) -> int:
        """How many channels of the scope a number would mark now."""
        ...


@runtime_checkable
class RecapSelection(Selection, Protocol):
    """A screen that shows a recap."""

    @property
    def chosen_recap(self) -> "RecapQuery | None":
        """Of which span; None: there is none yet."""
        ...

    @property
    def earlier_recap(self) -> "RecapQuery | None":
        """With which span it is compared; None: with none."""
        ...


class NoSelection:
    """Of screens on which nothing can be selected. Implements ``Selection``."""

    chosen_channels: Sequence[ChannelRef] = ()
    chosen_devices: Sequence[DeviceId] = ()
    reason_for_no_channel = NO_CHANNEL

    def show_change(self) -> None:
        pass


NO_SELECTION = NoSelection()


class Notices:
    """Messages about what was done and what was not. Names in them are shown as they are, never as markup."""

    def __init__(self, notify: Notify, keymap: Keymap) -> None:
        self._keymap = keymap
        self._show = notify
        self.count = 0
        """How many there have been."""

    def _notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        self.count += 1
        self._show(message, title=title, severity=severity, timeout=timeout)

    def inform(self, text: str, timeout_s: float | None = None) -> None:
        self._notify(visible(text), timeout=timeout_s)

    def warn(self, text: str, title: str = "") -> None:
        self._notify(visible(text), title=title, severity="warning", timeout=WARNING_S)

    def fail(self, text: str) -> None:
        """Say that something was not done."""
        self._notify(visible(text), severity="error")

    def require_channels(self, selection: Selection) -> Sequence[ChannelRef]:
        """The channels that are selected and shown; says so when there are none."""
        if not (channels := tuple(selection.chosen_channels)):
            self.inform(selection.reason_for_no_channel)
        return channels

    def report_error(self, error: ErrorInfo) -> None:
        """Say why something was not done, and what to do about it."""
        self._notify(
            error_text(error),
            title=error.code.value,
            severity="error",
            timeout=WARNING_S,
        )

    def report_change(self, answer: ServiceResult[Answer], text: str, selection: Selection) -> None:
        """Say what a change did and which key undoes it, warn of conflicts; or say why it was not made."""
        if not answer.success:
            self.report_error(answer.error)
            return
        selection.show_change()
        # On the alarm desk this key takes back what was done about alarms.
        hint = self.board_undo_hint if isinstance(selection, AlarmSelection) else self.undo_hint
        self.inform(f"{text} {hint}", BRIEF_S)
        if answer.warning:
            self.warn(answer.warning, title="Warning")

    @property
    def undo_hint(self) -> str:
        """How to take back what was done last."""
        return f"{self.key('undo')} undoes it."

    @property
    def board_undo_hint(self) -> str:
        """The same on a screen that has another use for the key."""
        return f"{self.key('undo')} on the board undoes it."

    def key(self, key_id: str) -> str:
        """What to press, as the user has it."""
        return self._keymap.display_id(key_id)
