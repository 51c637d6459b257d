# ruff: noqa: ANN401 - fields of any type are passed on to the values of the domain
"""A rig whose states are set by hand, and the alarms that become of them as time goes by."""

from dataclasses import replace
from typing import Any

from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_context import NO_CONTEXT, AlarmContext
from micboard_tui.domain.alarm_desk import AlarmDesk
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.condition_finder import ConditionFinder
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemStarts

T = 1_000_000.0
STAGE = LocationId("stage")
FINE = Meters(rf_dbm=-50.0, rf_a_dbm=-50.0, rf_b_dbm=-52.0, audio_dbfs=-70.0, quality_percent=100)


def worn(ref: ChannelRef, name: str = "Ann", **more: Any) -> Assignment:
    return Assignment(ref, Performer(PerformerId(name), name), Role.PRIMARY, **more)


class AlarmRig:
    """Receivers of four channels, judged twice a second; what is changed stays until it is changed again."""

    def __init__(self, devices: int = 1, channels: int = 4, manufacturer: str = "shure") -> None:
        self.now = T
        self.context: AlarmContext = NO_CONTEXT
        self.finder, self.desk = ConditionFinder(), AlarmDesk()
        self.events: list[AlarmEvent] = []
        self._starts = ProblemStarts()
        self.devices: dict[DeviceId, DeviceSnapshot] = {}
        self.states: dict[ChannelRef, ChannelState] = {}
        for number in range(1, devices + 1):
            device_id = DeviceId(f"rack{number}")
            device = Device(device_id, manufacturer, "driver", f"10.0.0.{number}", 2202, location_id=STAGE)
            state = DeviceState(device_id, status=DeviceStatus.ONLINE, status_since=T)
            self.devices[device_id] = DeviceSnapshot(device, state)
            for channel in range(1, channels + 1):
                khz = 500_000 + 400 * len(self.states)
                facts = ChannelFacts(transmitter=Transmitter(), frequency_khz=khz)
                ref = ChannelRef(device_id, channel)
                self.states[ref] = ChannelState(
                    *ref,
                    link_state=LinkState.LIVE,
                    link_since=T,
                    facts=facts,
                    meters=FINE,
                    audio_peak_dbfs=FINE.audio_dbfs,
                )

    def ref(self, number: int = 1, device: int = 1) -> ChannelRef:
        return ChannelRef(DeviceId(f"rack{device}"), number)

    def key(self, cause: ProblemCode, number: int = 1, device: int = 1) -> AlarmKey:
        return AlarmKey(cause, *self.ref(number, device))

    def change(self, *refs: ChannelRef, **changes: Any) -> None:
        for ref in refs:
            self.states[ref] = replace(self.states[ref], **changes)

    def link(self, link: LinkState, *refs: ChannelRef) -> None:
        self.change(*refs, link_state=link, link_since=self.now)

    def meter(self, ref: ChannelRef, **values: Any) -> None:
        meters = self.states[ref].meters._replace(**values)
        self.change(ref, meters=meters, audio_peak_dbfs=meters.audio_dbfs)

    def charge(self, ref: ChannelRef, battery: Battery = NO_BATTERY, serial: str | None = None) -> None:
        pack = Transmitter(battery=battery, serial=serial)
        self.change(ref, facts=replace(self.states[ref].facts, transmitter=pack))

    def status(self, status: DeviceStatus, *devices: int, ago_s: float = 0.0) -> None:
        link = LinkState.OFFLINE if status is DeviceStatus.OFFLINE else LinkState.LIVE
        for number in devices:
            device = self.devices[DeviceId(f"rack{number}")]
            state = replace(device.state, status=status, status_since=self.now - ago_s)
            self.devices[device.device.id] = replace(device, state=state)
            self.link(link, *(ref for ref in self.states if ref.device_id == device.device.id))

    def dock(self, *bays: Bay) -> None:
        device = self.devices[DeviceId("rack1")]
        self.devices[DeviceId("rack1")] = replace(device, state=replace(device.state, bays=bays))

    def run(self, seconds: float, step_s: float = 0.5) -> None:
        for _ in range(round(seconds / step_s)):
            self.now += step_s
            states = {
                ref: state
                if state.link_state is LinkState.OFFLINE
                else replace(state, meters_at=self.now, observed_at=self.now)
                for ref, state in self.states.items()
            }
            channels: dict[DeviceId, list[ChannelState]] = {}
            for state in states.values():
                channels.setdefault(state.device_id, []).append(state)
            devices = {
                device_id: replace(device, channels=tuple(channels.get(device_id, ())))
                for device_id, device in self.devices.items()
            }
            judgement = judge_problems(states, devices, self.now, self._starts)
            self._starts = judgement.starts
            conditions = self.finder.find(judgement, self.context, self.desk.watched)
            self.desk, events = self.desk.follow(conditions.by_key, self.now, *conditions[1:])
            self.events += events

    def alarm(self, key: AlarmKey) -> Alarm:
        alarm = self.desk.find(key)
        assert alarm is not None, key
        return alarm

    def is_open(self, key: AlarmKey) -> bool:
        alarm = self.desk.find(key)
        return alarm is not None and alarm.is_open

    @property
    def shown(self) -> list[AlarmKey]:
        """The open alarms that no other hides."""
        return [alarm.key for alarm in self.desk.alarms if alarm.is_open and alarm.hidden_by is None]

    def causes(self) -> list[ProblemCode]:
        return [key.cause for key in self.shown]

    def expect(self, *refs: ChannelRef, **more: Any) -> None:
        """A scene is on that has these channels."""
        self.context = replace(self.context, expected=frozenset(refs), **more)
