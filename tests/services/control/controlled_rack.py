"""A rack in sessions that do what they are asked for, with the drivers' own checks and texts."""

from dataclasses import replace

import anyio.lowlevel

from micboard_tui.contracts.control import ControlContract
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.channel import ChannelFacts, Slot, SlotStatus
from micboard_tui.domain.command import (
    Command,
    Confirmation,
    SetChannelName,
    SetFrequency,
    SetGain,
    SetMute,
    SetSlotName,
)
from micboard_tui.domain.command_values import format_value
from micboard_tui.domain.device import Device, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, Observation
from micboard_tui.manufacturers import sennheiser, shure
from micboard_tui.services.assembly import build_control, build_services
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.plugins import Plugins
from tests.fakes.services import FakeSessions, fake_adapters, in_memory
from tests.services.memory import WatchedDevices
from tests.services.stage import RACK, SPARE, Clock

FACTS = ChannelFacts(
    name="Vox", frequency_khz=482_125, gain_db=9, receiver_muted=False, group_channel="--,--"
)
LINKED = Slot(1, SlotStatus.LINKED_ACTIVE, name="old", rf_on=True)


class ObedientSessions(FakeSessions):
    """Reports what it was sent, as a receiver does; ``refused`` are the values that it refuses."""

    def __init__(self, live: LiveState) -> None:
        super().__init__()
        self._live = live
        self.sent: list[Command] = []
        self.refused: set[Command] = set()
        self.adapted: dict[Command, Command] = {}
        self.unconfirmed = False
        """Whether nothing is confirmed."""

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        if command in self.refused:
            raise DeviceError(ErrorCode.DEVICE_REFUSED, "The device refuses", hint="Look at it")
        await anyio.lowlevel.checkpoint()
        if self.unconfirmed:
            raise DeviceError(ErrorCode.COMMAND_UNCONFIRMED, "Nothing came", hint="Look at it")
        self.sent.append(command)
        in_force = self.adapted.get(command, command)
        self.report(device_id, in_force)
        return Confirmation(command, format_value(in_force), adapted=in_force != command)

    def report(self, device_id: DeviceId, command: Command) -> None:
        """Let the device have another value, as if a person had turned a knob."""
        known = self._live.device(device_id)
        assert known is not None
        number = getattr(command, "channel", None) or 1
        facts = next(each.facts for each in known.channels if each.number == number)
        self._live.take_observations(device_id, [FactsHeard(number, _changed(facts, command))])


def _changed(facts: ChannelFacts, command: Command) -> ChannelFacts:
    match command:
        case SetChannelName(_, name):
            return replace(facts, name=name)
        case SetGain(_, gain_db):
            return replace(facts, gain_db=gain_db)
        case SetMute(_, muted):
            return replace(facts, receiver_muted=muted)
        case SetFrequency(_, khz):
            return replace(facts, frequency_khz=khz)
        case SetSlotName(_, _, name):
            return replace(facts, slots=(replace(facts.slots[0], name=name),))
        case _:
            return facts


class ControlledRack:
    """Two receivers: a ULXD4D with two channels, and an AD4D whose first channel has a linked pack."""

    def __init__(self, *more: Device) -> None:
        """``more``: devices beside them, which are heard when a test says so."""
        self.clock = Clock()
        self.live = LiveState(self.clock)
        self.sessions = ObedientSessions(self.live)
        devices = WatchedDevices(RACK, SPARE, *more)
        self.adapters = fake_adapters(
            in_memory(devices),
            Plugins(shure.MANUFACTURER, sennheiser.MANUFACTURER),
            live=self.live,
            clock=SteadyClock(wall=self.clock, steady=self.clock),
        )
        self.services = build_services(self.adapters, self.sessions)
        self.armed = {"Pia"}
        self.control: ControlContract = build_control(
            self.adapters, self.services, self.services.devices, lambda user: user in self.armed
        )
        self.live.place([RACK, SPARE, *more], [])
        self.hear(RACK, "ULXD4D", FACTS)
        self.hear(SPARE, "AD4D", replace(FACTS, slots=(LINKED,)))

    def hear(self, device: Device, model: str, facts: ChannelFacts) -> None:
        heard = DeviceHeard(DeviceKind.RECEIVER, 2, model, None, "2.7.6.0")
        observations: list[Observation] = [
            heard,
            FactsHeard(1, facts),
            FactsHeard(2, replace(facts, slots=())),
        ]
        self.live.take_observations(device.id, observations)

    def lose(self, device: Device) -> None:
        self.live.status(device.id, DeviceStatus.OFFLINE)
        self.sessions.has_sessions = DeviceError(ErrorCode.DEVICE_UNREACHABLE, "It is gone", hint="Wait")

    @property
    def steps(self) -> list[str]:
        records = self.adapters.records.assignments
        return [each.step.text for each in records.steps]  # type: ignore[attr-defined]
