"""The service that watches packs: forecasts, what is stored and learned, what people say of cells."""

from dataclasses import replace

import pytest

from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.battery_forecast import ForecastSource
from micboard_tui.domain.cell_type import CellType, needs_cell_type
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.forecast.forecast_service import ForecastService
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steps import Steps
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.events import RecordedEvents
from tests.fakes.packs import InMemoryPacks
from tests.fakes.repositories import InMemoryDevices

RACK = DeviceId("rack")
ONE, TWO = ChannelRef(RACK, 1), ChannelRef(RACK, 2)
HOUR = 3600.0


class Rig:
    """A receiver with two channels, a clock that is set by hand, and the service."""

    def __init__(self) -> None:
        self.at = 1_000_000.0
        self.clock_set_by = 0.0
        self.devices = InMemoryDevices(Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202, "Rack"))
        self.cast = InMemoryAssignments(self.devices)
        self.packs = InMemoryPacks(self.cast)
        self.live = LiveState(self.clock)
        self.live.place(self.devices.kept.values(), [])
        self.events = RecordedEvents()
        self.steps = Steps(self.cast, self.clock, self.refresh, self.events)
        self.service = self.started_anew()

    def clock(self) -> float:
        return self.at + self.clock_set_by

    async def refresh(self) -> None:
        pass

    def started_anew(self) -> ForecastService:
        stored = StoredDevices(self.devices, self.clock, 20.0)
        return ForecastService(self.live, self.packs, stored, self.steps, self.events, lambda: self.at)

    def show(self, battery: Battery | None, number: int = 1, serial: str | None = None) -> None:
        """The receiver reports this pack, or that there is none."""
        pack = None if battery is None else Transmitter("ULXD2", serial=serial, battery=battery)
        facts = ChannelFacts(transmitter_present=pack is not None, transmitter=pack)
        carrier = pack is not None
        self.live.take_observations(
            RACK, [FactsHeard(number, facts), MetersHeard(number, Meters(rf_dbm=-50.0, carrier=carrier))]
        )

    async def look(self, after: float, battery: Battery | None, serial: str | None = None) -> None:
        self.at += after
        self.show(battery, serial=serial)
        await self.service.look()

    async def run_down(self, minutes: float, serial: str | None = None) -> None:
        """A pack that is switched on full and is empty after so long."""
        await self.look(60.0, None)
        await self.look(60.0, None)
        for number, level in enumerate((5, 4, 3, 2, 1, 0)):
            await self.look(60.0 if number == 0 else minutes * 60 / 5, Battery(bars=level), serial)
            if number == 0:
                await self.look(300.0, Battery(bars=level), serial)
                self.at -= 300.0
        await self.look(60.0, None)
        await self.look(700.0, None)


async def test_minutes_of_a_device_become_a_forecast_that_is_renewed_once_a_minute() -> None:
    rig = Rig()
    await rig.look(0.0, Battery(minutes=90, type=BatteryType.LI_ION))
    first = rig.live.findings.forecasts
    assert (first[ONE].p50, first[ONE].source) == (90.0, ForecastSource.MINUTES)
    await rig.look(15.0, Battery(minutes=90, type=BatteryType.LI_ION))
    assert rig.live.findings.forecasts is first
    await rig.look(60.0, Battery(minutes=89, type=BatteryType.LI_ION))
    assert rig.live.findings.forecasts[ONE].p50 == 89.0
    answer = await rig.service.list_forecasts()
    assert answer.data is rig.live.findings.forecasts
    await rig.look(15.0, None)
    assert rig.live.findings.forecasts == {}


async def test_nothing_is_done_where_no_device_is_live() -> None:
    rig = Rig()
    rig.live.place([], [])
    await rig.service.look()
    assert (rig.packs.writes, rig.live.findings.forecasts) == ([], {})


async def test_records_survive_a_killed_program() -> None:
    rig = Rig()
    await rig.look(0.0, None)
    await rig.look(60.0, None)
    await rig.look(60.0, Battery(bars=5))
    await rig.look(300.0, Battery(bars=5))
    on_at = rig.at - 300.0
    killed, rig.service = rig.service, rig.started_anew()
    await rig.look(60.0, Battery(bars=4))
    assert rig.packs.kept[ONE].full_at == on_at
    await rig.service.close()
    assert killed is not rig.service


async def test_what_is_stored_is_what_says_something_new_and_all_once_a_minute() -> None:
    rig = Rig()
    await rig.look(0.0, Battery(percent=50))
    rig.packs.writes.clear()
    await rig.look(15.0, Battery(percent=50))
    assert rig.packs.writes == []
    await rig.look(15.0, Battery(percent=49))
    await rig.look(60.0, Battery(percent=49))
    assert rig.packs.writes == [1, 1]
    rig.packs.is_full = True
    await rig.look(15.0, Battery(percent=48))
    rig.packs.is_full = False
    await rig.look(15.0, Battery(percent=48))
    stored = rig.packs.kept[ONE].percent
    assert stored is not None
    assert stored.level == 48


async def test_a_full_discharge_is_stored_once_and_learned_from() -> None:
    rig = Rig()
    await rig.service.vouch_for_cells("ULXD2", BatteryType.ALKALINE, actor="Pia")
    for _ in range(2):
        await rig.run_down(400.0)
    assert [round(each.minutes) for each in rig.packs.ended] == [400, 400]
    assert rig.packs.ended[0].type is BatteryType.ALKALINE
    await rig.look(60.0, Battery(bars=5))
    await rig.look(300.0, Battery(bars=5))
    learned = rig.live.findings.forecasts[ONE]
    assert 340 < learned.p50 < 430  # the table says eleven hours
    rig.service = rig.started_anew()
    await rig.look(60.0, Battery(bars=5))
    assert abs(rig.live.findings.forecasts[ONE].p50 - learned.p50) < 10


async def test_while_the_disk_is_full_forecasts_go_on_and_discharges_wait() -> None:
    rig = Rig()
    rig.packs.is_full = True
    await rig.run_down(300.0, serial="A1")
    rig.show(Battery(minutes=80, type=BatteryType.LI_ION), number=2)
    await rig.look(60.0, None)
    assert rig.live.findings.forecasts[TWO].p50 == 79.0  # A minute ago it said 80.
    assert (rig.packs.ended, rig.packs.kept) == ([], {})
    rig.packs.is_full = False
    await rig.look(60.0, None)
    await rig.look(60.0, None)
    assert [discharge.serial for discharge in rig.packs.ended] == ["A1"]
    assert rig.packs.kept[ONE].is_stored


@pytest.mark.virtual_time
async def test_a_look_that_crashes_leaves_no_forecast_that_would_be_out_of_date() -> None:
    rig = Rig()
    await rig.look(0.0, Battery(minutes=90, type=BatteryType.LI_ION))
    assert rig.live.findings.forecasts

    async def crash() -> None:
        raise ValueError("broken")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.service, "look", crash)
        with pytest.raises(ValueError, match="broken"):
            await rig.service.run()
    assert rig.live.findings.forecasts == {}
    await rig.service.look()
    assert rig.live.findings.forecasts


async def test_cells_are_vouched_for_as_a_step_that_can_be_undone() -> None:
    rig = Rig()
    answer = await rig.service.vouch_for_cells(" ULXD2 ", BatteryType.NIMH, actor="Pia")
    assert answer.data == CellType("ULXD2", BatteryType.NIMH)
    assert rig.service.cell_types == {"ULXD2": BatteryType.NIMH}
    assert rig.cast.steps[-1].step.text == "Packs ULXD2 have NiMH cells"
    assert (await rig.service.list_cell_types()).data == [CellType("ULXD2", BatteryType.NIMH)]
    await rig.steps.undo("Pia")
    await rig.look(15.0, Battery(bars=3))
    assert rig.service.cell_types == {}
    refused = await rig.service.vouch_for_cells("", BatteryType.NIMH, actor="Pia")
    assert not refused.success


async def test_a_person_says_that_full_cells_were_put_in() -> None:
    rig = Rig()
    await rig.service.vouch_for_cells("ULXD2", BatteryType.ALKALINE, actor="Pia")
    await rig.look(0.0, Battery(bars=2))
    answer = await rig.service.mark_swapped([ONE], actor="Pia")
    assert answer.data == [ONE]
    assert rig.packs.kept[ONE].full_at == rig.at
    assert (rig.events.events[-1].actor, rig.events.events[-1].text) == (
        "Pia",
        "Full cells in the pack of Rack/1",
    )
    await rig.look(60.0, Battery(bars=5))
    await rig.look(300.0, Battery(bars=5))
    assert rig.live.findings.forecasts[ONE].p50 > 500
    assert not (await rig.service.mark_swapped([], actor="Pia")).success
    unknown = await rig.service.mark_swapped([ChannelRef(RACK, 9)], actor="Pia")
    assert unknown.error is not None
    assert unknown.error.message == "There is no channel Rack/9"


async def test_full_cells_that_a_command_was_told_of_are_known_to_a_running_board() -> None:
    rig = Rig()
    await rig.service.vouch_for_cells("ULXD2", BatteryType.ALKALINE, actor="Pia")
    await rig.look(0.0, Battery(bars=2))
    await rig.look(60.0, Battery(bars=2))
    command = rig.started_anew()
    assert (await command.mark_swapped([ONE], actor="Ben")).success
    swapped_at = rig.at
    await command.close()
    await rig.look(60.0, Battery(bars=5))
    await rig.service.close()
    assert rig.packs.kept[ONE].full_at == swapped_at
    await rig.look(300.0, Battery(bars=5))
    assert rig.live.findings.forecasts[ONE].p50 > 500


async def test_a_clock_that_was_set_moves_what_was_seen() -> None:
    rig = Rig()
    await rig.look(0.0, None)
    await rig.look(60.0, None)
    await rig.look(60.0, Battery(bars=5))
    await rig.look(300.0, Battery(bars=5))
    on_at = rig.at - 300.0
    rig.clock_set_by = HOUR
    rig.live.shift_clock(HOUR)
    await rig.look(15.0, Battery(bars=5))
    assert rig.packs.kept[ONE].full_at == on_at + HOUR


async def test_a_command_lists_what_was_stored_last() -> None:
    rig = Rig()
    await rig.look(0.0, Battery(minutes=90))
    await rig.devices.store([replace(rig.live.snapshot()[0].state)], rig.live.snapshot()[0].channels)
    rig.live.place([], [])
    command = rig.started_anew()
    answer = await command.list_forecasts()
    assert answer.success
    assert answer.data[ONE].p50 == 90.0


async def test_a_removed_device_is_forgotten() -> None:
    rig = Rig()
    await rig.look(0.0, Battery(minutes=90))
    other = Device(DeviceId("other"), "shure", "shure-strings", "10.0.0.2", 2202)
    rig.live.place([other], [])
    await rig.service.look()
    assert rig.live.findings.forecasts == {}


def test_only_packs_that_do_not_say_it_themselves_are_asked_for_their_cells() -> None:
    pack = Transmitter("ULXD2", battery=Battery(bars=3))
    state = ChannelState(RACK, 1, link_state=LinkState.LIVE, facts=ChannelFacts(transmitter=pack))
    assert needs_cell_type(state, None, {})
    assert not needs_cell_type(state, "ULXD4", {"ULXD2": BatteryType.NIMH})
    nameless = replace(state, facts=ChannelFacts(transmitter=replace(pack, model=None)))
    assert needs_cell_type(nameless, "EM 300-500 G4", {})
    assert not needs_cell_type(nameless, "EM 300-500 G4", {"EM 300-500 G4": BatteryType.NIMH})
    assert not needs_cell_type(nameless, None, {})
    for battery in (Battery(), Battery(minutes=5), Battery(bars=3, type=BatteryType.LI_ION)):
        other = replace(state, facts=ChannelFacts(transmitter=replace(pack, battery=battery)))
        assert not needs_cell_type(other, None, {})
    assert not needs_cell_type(replace(state, link_state=LinkState.RF_LOST), None, {})
