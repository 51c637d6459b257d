"""The line check while a board runs: what is stored when, after a restart, and who may take back what."""

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.services.line_check.line_check_service import WATCHED_FOR_S, LineCheckService
from micboard_tui.services.live.state import LiveState
from tests.fakes.events import RecordedEvents
from tests.fakes.line_checks import InMemoryLineChecks
from tests.services.results import code_of

RACK = DeviceId("rack")
ONE = ChannelRef(RACK, 1)


class Rig:
    def __init__(self) -> None:
        self.at, self.clock_set_by = 1000.0, 0.0
        self.live = LiveState(lambda: self.at + self.clock_set_by)
        self.live.place([Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202, "Rack")], [])
        self.checks, self.events = InMemoryLineChecks(), RecordedEvents()
        self.service = self.started_anew()

    def clock(self) -> float:
        return self.at

    def started_anew(self) -> LineCheckService:
        return LineCheckService(self.live, self.checks, self.events, lambda: self.at)

    async def look(self, audio: float, after: float = 1.0) -> None:
        self.at += after
        facts = ChannelFacts(transmitter_present=True, transmitter=Transmitter("ULXD2"))
        meters = Meters(rf_dbm=-50.0, audio_dbfs=audio, carrier=True)
        self.live.take_observations(RACK, [FactsHeard(1, facts), MetersHeard(1, meters)])
        await self.service.look()


async def test_a_check_ticks_itself_and_survives_a_restart() -> None:
    rig = Rig()
    await rig.look(-20.0)
    assert (await rig.service.get_check()).data is None
    started = await rig.service.start(actor="Pia")
    assert started.data == rig.checks.kept
    assert (rig.events.events[-1].text, rig.events.events[-1].actor) == ("Line check started", "Pia")
    await rig.look(-80.0)
    assert rig.checks.writes == 2
    await rig.look(-80.0)
    assert rig.checks.writes == 2
    rig.service = rig.started_anew()
    await rig.look(-20.0, after=30.0)
    check = rig.live.findings.line_check
    assert check is not None
    assert check == rig.checks.kept
    assert check.line(ONE).is_checked
    await rig.service.start(actor="Ben")
    again = rig.live.findings.line_check
    assert again is not None
    assert (again.started_by, again.lines) == ("Ben", {})


async def test_ticks_by_hand_are_stored_and_taken_back() -> None:
    rig = Rig()
    refused = await rig.service.tick([ONE], actor="Pia")
    assert not refused.success
    assert refused.error.code is ErrorCode.INVALID_VALUE
    await rig.service.start(actor="Pia")
    await rig.service.tick([ONE], actor="Pia")
    assert rig.checks.kept is not None
    assert rig.checks.kept.line(ONE).is_checked
    assert (await rig.service.undo(actor="Pia")).data == [ONE]
    nothing = await rig.service.undo(actor="Pia")
    assert not nothing.success
    assert nothing.error.code is ErrorCode.NOTHING_TO_UNDO
    await rig.service.tick([ONE], actor="Pia")
    await rig.service.untick([ONE], actor="Pia")
    assert not rig.checks.kept.line(ONE).is_checked
    rig.checks.is_full = True
    full = await rig.service.tick([ONE], actor="Pia")
    assert not full.success
    assert full.error.code is ErrorCode.DISK_FULL


async def test_a_check_that_was_ended_is_over_everywhere_until_that_is_taken_back() -> None:
    rig = Rig()
    assert code_of(await rig.service.end(actor="Pia")) is ErrorCode.INVALID_VALUE
    await rig.service.start(actor="Pia")
    await rig.look(-20.0)
    other = rig.started_anew()
    ended = (await other.end(actor="Ben")).data
    assert ended is not None
    assert ended.line(ONE).is_checked
    assert (rig.events.events[-1].text, rig.events.events[-1].actor) == (
        "Line check ended, 1 lines good",
        "Ben",
    )
    await rig.look(-20.0)
    assert rig.live.findings.line_check is rig.checks.kept is None
    assert (await other.undo(actor="Ben")).data == ()
    await rig.look(-20.0)
    assert rig.live.findings.line_check == rig.checks.kept == ended
    assert code_of(await other.undo(actor="Ben")) is ErrorCode.NOTHING_TO_UNDO
    await rig.service.end(actor="Pia")
    await rig.service.start(actor="Pia")
    await rig.service.end(actor="Pia")
    rig.service = rig.started_anew()
    await rig.look(-20.0)
    assert rig.live.findings.line_check is None
    assert code_of(await rig.service.undo(actor="Pia")) is ErrorCode.INVALID_VALUE


async def test_a_check_that_is_started_after_the_clock_was_set_begins_then() -> None:
    for has_looked in (True, False):
        rig = Rig()
        rig.clock_set_by = 3600.0
        if has_looked:
            await rig.look(-80.0)
        await rig.service.start(actor="Pia")
        await rig.look(-20.0)
        check = rig.live.findings.line_check
        assert check is not None
        assert check.started_at == rig.at - 1.0 + 3600.0
        assert check.line(ONE).is_checked


async def test_the_start_moves_with_a_clock_that_is_set_and_nothing_is_seen_without_devices() -> None:
    rig = Rig()
    await rig.service.start(actor="Pia")
    rig.clock_set_by = -3600.0
    rig.live.shift_clock(-3600.0)
    await rig.look(-20.0)
    check = rig.live.findings.line_check
    assert check is not None
    assert check.started_at == 1000.0 - 3600.0
    assert check.line(ONE).is_checked
    rig.live.place([], [])
    await rig.service.look()
    assert rig.live.findings.line_check is check


async def test_a_check_of_another_day_is_not_ticked_any_more() -> None:
    rig = Rig()
    await rig.service.start(actor="Pia")
    await rig.look(-20.0, after=WATCHED_FOR_S + 1)
    assert rig.checks.kept is not None
    assert rig.checks.kept.lines == {}


async def test_what_a_command_starts_and_ticks_is_seen_by_a_running_board() -> None:
    rig = Rig()
    await rig.look(-60.0)
    command = LineCheckService(LiveState(rig.clock), rig.checks, rig.events, rig.clock)
    assert (await command.start(actor="Ben")).success
    await rig.look(-60.0)
    assert rig.live.findings.line_check is not None
    assert (await command.tick([ONE], actor="Ben")).success
    # What the board has seen meanwhile does not take the tick away.
    await rig.service.start(actor="Pia")
    assert (await command.tick([ONE], actor="Ben")).success
    await rig.look(-20.0)
    assert rig.checks.kept is not None
    assert rig.checks.kept.started_by == "Pia"
    line = rig.checks.kept.line(ONE)
    assert line.by_hand is not None
    assert line.sound_at is not None
