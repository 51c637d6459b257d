"""Flows on real services, without an app: dialogs are answered by a script, messages are kept."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.notifications import SeverityLevel
from textual.screen import Screen

from micboard_tui.contracts.services import Services
from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.flows.flow_set import FlowSet, build_flows
from micboard_tui.tui.flows.user_ports import Notices
from micboard_tui.tui.key_overrides import build_keymap
from micboard_tui.tui.screens.name_picker import NamePicker, PickedName
from tests.tui.scripted_rig import CHAPEL, METERS, ScriptedRig, device, reports, vocal

FULL = Battery(80, 4, 400)
UNASSIGNED = Assignment(ChannelRef(device(2).id, 0), None, Role.PRIMARY)
"""In place of an assignment where there is none."""


def vox(number: int) -> ChannelRef:
    """A channel of the first receiver of ``two_receivers``."""
    return ChannelRef(device(2).id, number)


QUIET = METERS._replace(audio_dbfs=-70.0)


def two_receivers() -> ScriptedRig:
    """Three channels at one receiver, two at another, all on the air and silent."""
    first = [vocal(f"Vox {number}", 470_000 + number * 400, FULL, QUIET) for number in (1, 2, 3)]
    second = [vocal(f"Gtr {number}", 480_000 + number * 400, FULL, QUIET) for number in (1, 2)]
    return ScriptedRig(
        {"127.0.0.2": reports("A", *first), "127.0.0.3": reports("B", *second)},
        device(2),
        device(3, CHAPEL),
    )


class ScriptedDialogs:
    """Gives each dialog its answer, or what a function makes of it. Implements ``AskScreen``."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.screens: list[Screen[Any]] = []

    async def __call__(self, screen: Screen[Any], /) -> Any:  # noqa: ANN401 - each dialog has its own answer
        self.screens.append(screen)
        answer = self.answers.pop(0)
        return await answer(screen) if callable(answer) else answer

    @property
    def picker(self) -> NamePicker:
        """The last dialog, which asked for a name."""
        screen = self.screens[-1]
        assert isinstance(screen, NamePicker)
        return screen


class Messages:
    """Keeps what is shown. Implements ``Notify``."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.severities: list[SeverityLevel] = []

    def __call__(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        self.texts.append(message)
        self.severities.append(severity)


class InMemoryViews:
    """Implements ``ViewStore``."""

    def __init__(self, views: Mapping[str, Any], reason: str | None = None) -> None:
        self.views, self.reason = views, reason

    def load(self) -> Mapping[str, Any]:
        return self.views

    def save(self, views: Mapping[str, Any]) -> str | None:
        if self.reason is None:
            self.views = views
        return self.reason


class Selected:
    """What is selected, and how often a change of it was shown. Implements ``Selection``."""

    def __init__(self, *channels: ChannelRef) -> None:
        self.chosen_channels: Sequence[ChannelRef] = channels
        self.chosen_devices: Sequence[DeviceId] = list(dict.fromkeys(ref.device_id for ref in channels))
        self.reason_for_no_channel = NO_CHANNEL
        self.changes_shown = 0

    def show_change(self) -> None:
        self.changes_shown += 1


@dataclass
class FlowStage:
    """Everything that a test of a flow looks at."""

    rig: ScriptedRig
    services: Services
    flows: FlowSet
    dialogs: ScriptedDialogs
    messages: Messages
    swapped_to: list[ChannelRef]
    """Channels that a flow made the selected ones."""

    def answer(self, *answers: object) -> None:
        """What the next dialogs are answered; functions get the dialog."""
        self.dialogs.answers += answers

    def pick(self, name: str | None, role: Role | None = None) -> None:
        """The next dialog asks for a name and gets this one."""
        self.answer(PickedName(name, role))

    def assignment(self, ref: ChannelRef) -> Assignment:
        state = self.rig.live.channel(ref)
        return (state.assignment if state else None) or UNASSIGNED

    def performer(self, ref: ChannelRef) -> str | None:
        performer = self.assignment(ref).performer
        return performer.name if performer else None


@asynccontextmanager
async def flow_stage(
    rig: ScriptedRig | None = None, keys: dict[str, str] | None = None
) -> AsyncGenerator[FlowStage]:
    """Flows on a rig whose devices are all online or refused."""
    rig = rig or two_receivers()
    dialogs, messages, selected = ScriptedDialogs(), Messages(), list[ChannelRef]()
    async with rig.services() as services:
        assert (await services.synchronization.start()).success
        await rig.all_devices_settle()
        select: Callable[[ChannelRef], None] = selected.append
        notices = Notices(messages, build_keymap(keys or {}))
        flows = build_flows(services, dialogs, notices, select, "Pia")
        yield FlowStage(rig, services, flows, dialogs, messages, selected)
        assert dialogs.answers == []
