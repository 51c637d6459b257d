"""The flight recorder: what it keeps of a session, and what it answers, without a disk."""

from collections.abc import Sequence
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.recorder import RecorderMode
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.reading import link_states_of
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.recorder.flight_recorder import FlightRecorder
from micboard_tui.services.recorder.window_keeper import channels_of
from tests.fakes.links import until
from tests.fakes.recording import InMemoryRecording

RACK = DeviceId("rack")
ONE, TWO = ChannelRef(RACK, 1), ChannelRef(RACK, 2)
LOST = AlarmKey(ProblemCode.RF_LOST, RACK, 1)
OFFLINE = AlarmKey(ProblemCode.OFFLINE, RACK)


class Evening:
    """A receiver with two channels, a clock that is set by hand, and the recorder."""

    def __init__(self) -> None:
        self.now, self.is_running = 1000.0, True
        self.live = LiveState(lambda: self.now)
        self.live.place([Device(RACK, "shure", "ulxd", "10.0.0.1", 2202)], [])
        self.live.take_observations(RACK, [DeviceHeard(DeviceKind.RECEIVER, 2)])
        pack = Transmitter(battery=Battery(percent=80))
        self.live.take_observations(
            RACK, [FactsHeard(1, ChannelFacts(transmitter_present=True, transmitter=pack))]
        )
        self.disk = InMemoryRecording()
        self.events: list[Event] = []
        self.recorder = FlightRecorder(self.live, self.disk, self.events.append, lambda: self.is_running)

    def second(self, rf: float = -60.0) -> None:
        """One second with two readings of channel 1."""
        for at in (0.25, 0.75):
            self.now = int(self.now) + at
            meters = Meters(rf_dbm=rf, rf_a_dbm=rf, audio_dbfs=-20.0, carrier=True)
            self.live.take_observations(RACK, [MetersHeard(1, meters)])
        self.now = int(self.now) + 1.0
        self.recorder.record()

    async def end(self) -> None:
        """Let the writer have its turn, and close."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.recorder.run)
            await until(lambda: len(self.disk.steps) > 0)
            group.cancel_scope.cancel()
        await self.recorder.close()

    def alarms(self, *alarms: Alarm) -> None:
        self.live.findings = replace(self.live.findings, alarms=AlarmList(alarms))


def alarm_of(key: AlarmKey, raised_at: float) -> Alarm:
    return Alarm(key, AlarmPriority.NOW, raised_at, raised_at)


async def spans_of(evening: Evening, start: float, end: float, columns: int) -> list[RecordedSpan]:
    answer = await evening.recorder.summaries([ONE, TWO], start, end, columns)
    assert answer.data is not None
    return [answer.data[ref] for ref in (ONE, TWO)]


async def samples_of(evening: Evening, key: AlarmKey, raised_at: float) -> Sequence[Sample]:
    answer = await evening.recorder.window(key, raised_at)
    assert answer.data is not None
    return answer.data.samples[ONE]


async def test_a_span_is_answered_from_samples_seconds_and_open_chunks() -> None:
    evening = Evening()
    assert evening.recorder.state.mode is RecorderMode.OFF
    evening.recorder.record()
    for second in range(100):
        evening.second(rf=-60.0 - second % 10)
    await evening.end()
    answer = await evening.recorder.samples([ONE, TWO], 1090.0, 1091.0)
    assert answer.data is not None
    assert [(sample.at, sample.rf_a) for sample in answer.data[ONE]] == [(1090.25, -60.0), (1090.75, -60.0)]
    assert answer.data[TWO] == []
    one, two = await spans_of(evening, 995.0, 1015.0, 20)
    assert [column.rf_a.lowest for column in one.columns[:8]] == [None] * 5 + [-60.0, -61.0, -62.0]
    assert (one.step_s, one.columns[6].battery_percent, two.columns[6].readings) == (1, 80, 0)
    assert link_states_of(one.columns[6].flags) == {LinkState.LIVE}
    tens, _ = await spans_of(evening, 1000.0, 1200.0, 20)
    assert [column.readings for column in tens.columns] == [20] * 10 + [0] * 10
    minutes, _ = await spans_of(evening, 960.0, 1200.0, 2)
    assert [column.readings for column in minutes.columns] == [160, 40]
    fine, _ = await spans_of(evening, 1095.0, 1096.0, 4)
    assert [column.rf_a.lowest for column in fine.columns] == [None, -65.0, None, -65.0]


@pytest.mark.parametrize(("start", "end", "columns"), [(2.0, 2.0, 5), (1.0, 2.0, 0), (1.0, 2.0, 2001)])
async def test_a_span_that_cannot_be_shown_is_refused(start: float, end: float, columns: int) -> None:
    answer = await Evening().recorder.summaries([ONE], start, end, columns)
    assert answer.error is not None
    assert answer.error.code is ErrorCode.INVALID_VALUE


async def test_an_alarm_keeps_the_minute_before_it_and_the_seconds_after() -> None:
    evening = Evening()
    evening.recorder.record()
    evening.alarms(alarm_of(LOST, 500.0))  # From before this program.
    for _ in range(70):
        evening.second()
    raised_at = evening.now
    hidden = replace(alarm_of(AlarmKey(ProblemCode.RF_LOW, RACK, 1), raised_at), hidden_by=LOST)
    evening.alarms(alarm_of(LOST, raised_at), alarm_of(OFFLINE, raised_at), hidden)
    evening.second()
    assert len(await samples_of(evening, LOST, raised_at)) == 122
    for _ in range(15):
        evening.second()
    assert len(await samples_of(evening, LOST, raised_at)) == 150
    evening.alarms(alarm_of(LOST, evening.now))
    evening.second()
    await evening.end()
    listed = await evening.recorder.list_windows(0.0)
    assert listed.data is not None
    titles = [(title.key, title.end - title.start) for title in listed.data]
    assert titles == [(LOST, 75.0), (OFFLINE, 75.0), (LOST, 61.0)]
    stored = await samples_of(evening, OFFLINE, raised_at)
    assert (len(stored), stored[0].at) == (150, raised_at - 59.75)
    assert (await evening.recorder.window(LOST, 500.0)).data is None


def test_an_alarm_of_a_location_or_the_rig_is_about_many_channels() -> None:
    evening = Evening()
    devices = evening.live.snapshot()
    assert channels_of(AlarmKey(ProblemCode.NETWORK_LOST), devices) == [ONE, TWO]
    assert channels_of(AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("x")), devices) == []
    assert channels_of(OFFLINE, devices) == [ONE, TWO]
    assert channels_of(LOST, devices) == [ONE]


async def test_nothing_is_recorded_without_sessions_and_the_next_begins_anew() -> None:
    evening = Evening()
    evening.is_running = False
    evening.second()
    assert evening.recorder.state.mode is RecorderMode.OFF
    evening.is_running = True
    evening.second()
    evening.second()
    await evening.end()
    seconds = [step.second.at for step in evening.disk.steps if step.second is not None]
    assert (seconds[:2], evening.disk.is_open) == ([1002, 1002], False)


async def test_a_process_records_nothing_while_another_does() -> None:
    evening = Evening()
    evening.disk.fault = ErrorCode.ALREADY_RUNNING
    async with anyio.create_task_group() as group:
        group.start_soon(evening.recorder.run)
        evening.second()
        await until(lambda: evening.disk.refused > 0)
        evening.second()
        evening.second()
        assert (evening.recorder.state.mode, evening.recorder.state.fault) == (RecorderMode.OFF, None)
        group.cancel_scope.cancel()
    await evening.recorder.close()
    assert evening.disk.steps == []


async def test_that_nothing_is_written_is_an_event_once_and_that_it_is_again() -> None:
    evening = Evening()
    evening.disk.fault = ErrorCode.DISK_FULL
    evening.second()
    async with anyio.create_task_group() as group:
        group.start_soon(evening.recorder.run)
        await until(lambda: evening.recorder.state.mode is RecorderMode.MEMORY)
        evening.second()
        evening.second()
        group.cancel_scope.cancel()
    assert [(event.kind, event.text) for event in evening.events] == [
        (EventKind.PROGRAM, "Only the last 75 seconds are recorded: The recording cannot be written")
    ]
    evening.disk.fault = None
    async with anyio.create_task_group() as group:
        group.start_soon(evening.recorder.run)
        evening.second()
        await until(lambda: evening.recorder.state.mode is RecorderMode.DISK)
        group.cancel_scope.cancel()
    evening.second()
    assert [event.text for event in evening.events[1:]] == [
        "The flight recorder stores what it records again"
    ]
    await evening.recorder.close()
