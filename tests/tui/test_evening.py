"""A disaster, lived through by keyboard: what is planted is seen, solved, found again and counted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast

import pytest
from textual.pilot import Pilot

from micboard_tui.cli.demo_show import read_demo_show, stage_show
from micboard_tui.container import Container
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.recap import RecapQuery
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.services import Services
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, Encryption, Meters
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.assembly import ServiceSet
from micboard_tui.simulator.rack.rack_layout import RackDevice
from micboard_tui.storage.recorder.recorder_file import RecorderFile
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.alarm_desk_screen import AlarmDeskScreen
from micboard_tui.tui.screens.moment_screen import MomentScreen
from micboard_tui.tui.screens.timeline_screen import TimelineScreen
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.services.results import data_of
from tests.tui.scripted_rig import FACTS, PACK, ScriptedRig, device, reports
from tests.tui.test_screens import open_board

P = ProblemCode
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "example.csv"
RECEIVERS, CHANNELS = 5, 4
CHARGER = device(2 + RECEIVERS)
STEP_S = 0.5
LASTS_S, CLEARS_WITHIN_S = 20.0, 70.0
FINE = Meters(-52.0, -52.0, -58.0, -30.0, "A", carrier=True, quality_percent=100)
SILENCE = Meters(-104.0, -104.0, -107.0, -70.0, None, carrier=False)


def free_frequency(place: int) -> int:
    """Without intermodulation from others, which channels at equal distances have."""
    return 470_000 + 110 * place**2


class Evening(ScriptedRig):
    """The scripted rig with the real alarms and the real recorder, and time that is passed in."""

    def __init__(self, home: Path) -> None:
        receivers = {}
        for number in range(2, 2 + RECEIVERS):
            places = range(CHANNELS * number, CHANNELS * (number + 1))
            facts = [replace(FACTS, name="", frequency_khz=free_frequency(place)) for place in places]
            receivers[f"127.0.0.{number}"] = reports(f"Rack {number - 1}", *((each, FINE) for each in facts))
        charger: list[Observation] = [
            DeviceHeard(DeviceKind.CHARGER, 0, "SBC220", "Charger", bay_count=1),
            BayHeard(Bay(1, BayState.READY)),
        ]
        devices = [device(number) for number in range(2, 2 + RECEIVERS)]
        super().__init__({**receivers, CHARGER.host: charger}, *devices, CHARGER)
        self.channels = [ChannelRef(each.id, number) for each in devices for number in range(1, CHANNELS + 1)]
        self.meters = dict.fromkeys(self.channels, FINE)
        self.gone = ""
        self.recording = RecorderFile(home / "recorder.db")

    def choose_watchers(self, services: ServiceSet) -> tuple[AlarmContract, RecorderContract]:
        return services.alarms, services.recorder

    def facts(self, ref: ChannelRef) -> ChannelFacts:
        state = self.live.channel(ref)
        assert state is not None
        return state.facts

    def hear(self, ref: ChannelRef, *observations: Observation) -> None:
        self.live.take_observations(ref.device_id, observations)

    def change(self, ref: ChannelRef, **values: object) -> None:
        self.hear(ref, FactsHeard(ref.number, replace(self.facts(ref), **values)))  # type: ignore[arg-type]

    def change_pack(self, ref: ChannelRef, **values: object) -> None:
        pack = self.facts(ref).transmitter
        assert pack is not None
        self.change(ref, transmitter=replace(pack, **values))  # type: ignore[arg-type]

    async def run(self, seconds: float) -> None:
        """All that is on the network is read twice a second, judged, recorded and stored."""
        for _ in range(round(seconds / STEP_S)):
            self.manual_clock.now += STEP_S
            for ref, meters in self.meters.items():
                if ref.device_id != self.gone:
                    self.hear(ref, MetersHeard(ref.number, meters))
            self.live.take_observations(CHARGER.id, [])
            self.built.alarms.look()
            if self.manual_clock.now % 1.0 == 0.0:
                self.sessions.link_watch.look()
                self.built.recorder.record()
        await self.built.alarms.keep_stored()
        writer = self.built.recorder._writer
        while writer._steps or writer._windows:
            assert await writer._write_some()


class Fault(NamedTuple):
    key: AlarmKey
    begin: Callable[[], None]
    end: Callable[[], None]
    curve: ChannelRef | None


def plan_faults(rig: Evening) -> list[Fault]:
    """One of each kind that the scenario has."""
    mics = rig.channels
    lead, jonas, priya, thomas, ana, grace, romeo = (mics[number - 1] for number in (1, 2, 3, 4, 8, 9, 14))
    rack, bay = mics[16], AlarmKey(P.CHARGER_FAULT, CHARGER.id, part=1)

    def meter(ref: ChannelRef, meters: Meters) -> Callable[[], None]:
        return lambda: rig.meters.update({ref: meters})

    def lose_receiver() -> None:
        rig.gone = rack.device_id
        rig.live.status(
            rack.device_id, DeviceStatus.OFFLINE, DeviceFault(ErrorCode.DEVICE_SILENT, "No data", "Check it")
        )

    def find_receiver() -> None:
        rig.gone = ""

    def dock(state: BayState) -> Callable[[], None]:
        return lambda: rig.live.take_observations(CHARGER.id, [BayHeard(Bay(1, state))])

    def switch(ref: ChannelRef, *, on: bool) -> None:
        rig.meters[ref] = FINE if on else SILENCE
        rig.change(ref, transmitter_present=on, transmitter=PACK if on else None)

    return [
        Fault(AlarmKey(P.RF_LOST, *lead), meter(lead, SILENCE), meter(lead, FINE), lead),
        Fault(
            AlarmKey(P.PACK_MUTED, *jonas),
            lambda: rig.change_pack(jonas, muted=True),
            lambda: rig.change_pack(jonas, muted=False),
            jonas,
        ),
        Fault(
            AlarmKey(P.SWITCHED_OFF, *priya),
            lambda: switch(priya, on=False),
            lambda: switch(priya, on=True),
            priya,
        ),
        Fault(
            AlarmKey(P.INTERFERENCE, *thomas),
            lambda: rig.change(thomas, interference=True),
            lambda: rig.change(thomas, interference=False),
            thomas,
        ),
        Fault(
            AlarmKey(P.ENCRYPTION_MISMATCH, *ana),
            lambda: rig.change(ana, encryption=Encryption.MISMATCH),
            lambda: rig.change(ana, encryption=Encryption.OFF),
            ana,
        ),
        Fault(
            AlarmKey(P.AUDIO_CLIP, *romeo),
            meter(romeo, FINE._replace(audio_dbfs=0.0, overload=True)),
            meter(romeo, FINE),
            romeo,
        ),
        Fault(
            AlarmKey(P.BATTERY_CRITICAL, *grace),
            lambda: rig.change_pack(grace, battery=Battery(4, 1, 12), serial="1"),
            lambda: rig.change_pack(grace, battery=Battery(98, 5, 520), serial="2"),
            grace,
        ),
        Fault(AlarmKey(P.OFFLINE, rack.device_id), lose_receiver, find_receiver, rack),
        Fault(bay, dock(BayState.FAULT), dock(BayState.EMPTY), None),
    ]


def lines(app: MicboardApp, name: str) -> list[str]:
    return app.screen.query_one(f"#{name}", Lines).text.split("\n")


def services_of(app: MicboardApp) -> Services:
    services = app._background.services
    assert services is not None
    return services


async def start_show(rig: Evening, app: MicboardApp) -> None:
    rack = [
        RackDevice("shure", "shure-strings", "ULXD4Q", "", "", f"127.0.0.{number}", 2202, CHANNELS)
        for number in range(2, 2 + RECEIVERS)
    ]
    await stage_show(cast("Container", services_of(app)), rack, read_demo_show(EXAMPLE))


@pytest.mark.integration
@pytest.mark.no_cover  # Other tests run the same code, and traced it takes three times as long.
async def test_a_disaster_is_lived_through_by_keyboard(tmp_path: Path) -> None:
    rig = Evening(tmp_path)
    async with open_board(rig, (80, 24), operator="Pia") as (app, pilot):
        await start_show(rig, app)
        await rig.run(30.0)
        assert rig.live.findings.alarms.alarms == ()
        begin, faults = rig.live.now(), plan_faults(rig)
        for fault in faults:
            fault.begin()
            await rig.run(LASTS_S)
            await look_at_desk(rig, app, pilot, fault)
            fault.end()
            ended_at = rig.live.now()
            while rig.live.findings.alarms.alarms:
                assert rig.live.now() - ended_at < CLEARS_WITHIN_S, fault.key
                await rig.run(5.0)
        await pilot.press("t", "/", *"raised", "enter", "end")
        for fault in faults:
            await find_on_timeline(rig, app, pilot, fault)
        await pilot.press("escape", "escape")
        recap = data_of(await services_of(app).recaps.make_recap(RecapQuery(begin)))
        expected = [(fault.key, "Pia", True) for fault in faults]
        assert [
            (alarm.key, alarm.seen_by, alarm.cleared_at is not None) for alarm in recap.alarms
        ] == expected


async def look_at_desk(rig: Evening, app: MicboardApp, pilot: Pilot[str], fault: Fault) -> None:
    """It has one line with cause and cure, is acknowledged, and its moment is shown and left again."""
    text = describe_alarm(fault.key, rig.live)
    await pilot.press("a")
    desk = app.screen
    assert isinstance(desk, AlarmDeskScreen)
    desk.show_current()
    assert [line.alarm.key for line in desk._lines] == [fault.key]
    assert " new " in lines(app, "alarms")[0]
    why = lines(app, "why")
    assert f"{text.title}: {text.subject}" in why[0]
    assert f"-> {text.cure}" in why[1]
    await pilot.press("a")
    await until(lambda: rig.live.findings.alarms.new == ())
    desk.show_current()
    assert "seen 0s" in lines(app, "alarms")[0]
    await pilot.press("t")
    await leave_moment(app, pilot, text.title, fault.curve)
    assert app.screen is desk
    await pilot.press("escape")


async def find_on_timeline(rig: Evening, app: MicboardApp, pilot: Pilot[str], fault: Fault) -> None:
    """One of the next events is that it was raised; Enter shows the moment."""
    title = describe_alarm(fault.key, rig.live).title
    timeline = app.screen
    assert isinstance(timeline, TimelineScreen)
    texts: list[str] = []
    while (event := timeline.selected) is not None and event.text != f"{title} raised":
        texts.append(event.text)
        assert len(texts) <= 1 + CHANNELS, texts
        await pilot.press("up")
    await pilot.press("enter")
    await leave_moment(app, pilot, title, fault.curve)
    assert app.screen is timeline


async def leave_moment(app: MicboardApp, pilot: Pilot[str], title: str, curve: ChannelRef | None) -> None:
    """The curves around the moment at which it was raised; then back. A charger has none, and only events."""
    moment = app.screen
    assert isinstance(moment, MomentScreen)
    assert moment.chosen_channels == ([] if curve is None else [curve])
    if curve is None:
        await until(lambda: f"{title} raised" in "".join(lines(app, "charts")))
        assert "no curves" in lines(app, "charts")[0]
    else:
        await until(lambda: any(sign > "\u2800" for sign in "".join(lines(app, "charts"))))
        assert f"{title} raised" in "".join(lines(app, "values"))
    await pilot.press("escape")
