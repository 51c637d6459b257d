"""Every change through the guard gives an entry: who, from where, what, before and after, and the result."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.audit import CANCELLED, CRASHED, DONE, AuditEntry, AuditQuery
from micboard_tui.contracts.control import PlannedCommand
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.origin import FrontEnd, Origin, acting_from
from micboard_tui.contracts.result import Success
from micboard_tui.contracts.services import Services
from micboard_tui.contracts.undo_steps import Change, PlainRecord
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.command import Identify, SetGain
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.observation import FactsHeard
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope
from micboard_tui.services.access.audit_service import MAX_WAITING, AuditService
from micboard_tui.services.access.change_texts import describe_changes
from micboard_tui.services.access.guarded_contracts import ChangingCall, guard_contract
from micboard_tui.services.change_trail import ChangeTrail
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.audit import InMemoryAudit, find_no_titles
from tests.fakes.users import PASSWORD
from tests.services.stage import Clock
from tests.tui.scripted_rig import FACTS, STAGE, ScriptedRig, device, reports, vocal

RACK = device(1).id
VOX = ChannelRef(RACK, 1)
BOARD = Origin(FrontEnd.BOARD, "foh", "pts/3", address="10.0.0.7")


@asynccontextmanager
async def open_rig() -> AsyncGenerator[tuple[ScriptedRig, Services]]:
    rig = ScriptedRig({"127.0.0.1": reports("Rack A", vocal("Lead Vox", 482125, Battery()))}, device(1))
    async with rig.services() as services:
        await services.synchronization.start()
        await rig.all_devices_settle()
        with acting_from(BOARD):
            yield rig, services


def last_of(rig: ScriptedRig) -> AuditEntry:
    return rig.audited.kept[-1]


async def test_a_step_is_written_with_what_it_was_before_and_after() -> None:
    async with open_rig() as (rig, services):
        await services.assignments.assign([VOX], "Ada", actor="Pia")
        first = last_of(rig)
        assert (first.actor, first.origin, first.result) == ("Pia", BOARD, DONE)
        assert "assigned to Ada" in first.text
        assert "performer Ada" in first.after
        assert first.at == rig.clock()
        await services.assignments.assign([VOX], "Bo", role=Role.BACKUP, actor="Pia")
        second = last_of(rig)
        assert "performer Ada" in second.before
        assert "performer Bo" in second.after
        assert "role backup" in second.after
        await services.assignments.undo(actor="Pia")
        assert last_of(rig).text.startswith("Undone: ")


async def test_what_is_refused_is_written_with_its_code_and_what_it_was_about() -> None:
    async with open_rig() as (rig, services):
        command = SetGain(1, 12)
        await services.devices.execute(RACK, command, actor="Pia")
        entry = last_of(rig)
        assert (entry.text, entry.result) == ("Send a command to a device", "CONTROL_NOT_ARMED")
        assert entry.subject.startswith("Rack A")
        await services.access.lock_show("4711", actor="Ada")
        await services.locations.create("Stage left", actor="Pia")
        entry = last_of(rig)
        assert (entry.text, entry.subject, entry.result) == ("Add a location", "Stage left", "SHOW_LOCKED")
        await services.access.unlock_show("0000", actor="Eve")
        assert (last_of(rig).actor, last_of(rig).result) == ("Eve", "PIN_REFUSED")


async def test_a_command_is_written_with_its_channel() -> None:
    async with open_rig() as (rig, services):
        await services.users.arm_control(10, actor="Pia")
        await services.control.execute(RACK, SetGain(1, 12), actor="Pia")
        entry = last_of(rig)
        assert (entry.text, entry.result) == ("Gain set to 12 dB", DONE)
        assert entry.subject.startswith("Rack A")


async def test_no_password_no_pin_and_no_token_is_written() -> None:
    async with open_rig() as (rig, services):
        await services.access.lock_show("471147", actor="Ada")
        await services.access.unlock_show("471148", actor="Eve")
        await services.users.log_in("Wanda", PASSWORD)
        await services.users.log_in(PASSWORD, "typed into the wrong field")
        written = repr(rig.audited.kept)
        assert len(rig.audited.kept) == 4
        for secret in ("471147", "471148", PASSWORD, "wrong field"):
            assert secret not in written


async def test_each_kind_of_record_is_written_as_it_was_and_is() -> None:
    async with open_rig() as (rig, services):
        scope = ThresholdScope(channel=VOX)
        for value in (-80.0, -79.0):
            await services.thresholds.change(scope, ThresholdName.RF_LOW_DBM, value, actor="Pia")
        entry = last_of(rig)
        assert (entry.before, entry.after) == ("rf.low_dbm: value -80", "rf.low_dbm: value -79")
        location = await services.locations.create("Loft", actor="Pia")
        assert location.data is not None
        await services.locations.rename(location.data.id, "Attic", actor="Pia")
        assert (last_of(rig).before, last_of(rig).after) == ("Attic: name Loft", "Attic: name Attic")
        await services.devices.remove(RACK, actor="Pia")
        assert last_of(rig).after == ""
        assert "host 127.0.0.1" in last_of(rig).before


async def test_reading_is_not_written() -> None:
    async with open_rig() as (_, services):
        await services.devices.list_devices()
        await services.devices.sync_device("shure", RACK)
        assert (await services.audit.list_entries(AuditQuery())).data == []


class Fate:
    """A service that does not answer."""

    def __getattr__(self, name: str) -> object:
        return None

    async def remove(self, device_id: DeviceId, *, actor: str) -> Success[None]:
        if actor == "Crash":
            raise ZeroDivisionError
        await anyio.sleep_forever()
        raise AssertionError


async def test_what_is_cancelled_or_crashes_is_written_too() -> None:
    async with open_rig() as (rig, _):
        devices = guard_contract(DeviceContract, Fate(), rig.guard)
        with pytest.raises(ZeroDivisionError):
            await devices.remove(RACK, actor="Crash")
        assert last_of(rig).result == CRASHED
        with anyio.move_on_after(0.01):
            await devices.remove(RACK, actor="Pia")
        assert (last_of(rig).result, last_of(rig).subject) == (CANCELLED, "Rack A")


async def test_entries_wait_while_nothing_can_be_stored_and_what_is_lost_is_an_entry() -> None:
    async with open_rig() as (rig, _):
        audit: AuditService = rig.audit
        rig.audited.is_full = True
        for number in range(MAX_WAITING + 3):
            call = ChangingCall("EventContract.add_marker", {"actor": f"P{number}"})
            await audit.note(call, ChangeTrail(), DONE)
        rig.audited.is_full = False
        await audit.close()
        assert len(rig.audited.kept) == MAX_WAITING + 1
        assert rig.audited.kept[0].text == "3 entries could not be stored, and are lost"
        assert [entry.actor for entry in rig.audited.kept[1:3]] == ["P3", "P4"]
        found = await audit.list_entries(AuditQuery(text="marker", limit=10_000))
        assert len(found.data or ()) == 500


async def test_what_failed_for_the_database_waits_without_another_try_and_is_stored_by_itself() -> None:
    kept = InMemoryAudit()
    audit = AuditService(kept, LiveState(SteadyClock()), Clock(), find_no_titles)
    call = ChangingCall("LocationContract.create", {"actor": "Pia"})
    await audit.note(call, ChangeTrail(), ErrorCode.DATABASE_ERROR.value)
    assert kept.kept == []
    await audit.note(call, ChangeTrail(), DONE)
    assert [entry.result for entry in kept.kept] == ["DATABASE_ERROR", DONE]


async def test_an_undo_is_written_with_what_it_brings_back() -> None:
    async with open_rig() as (rig, services):
        await services.assignments.assign([VOX], "Ada", actor="Pia")
        await services.assignments.undo(actor="Pia")
        assert last_of(rig).before.startswith("Rack A/1: performer Ada")
        assert last_of(rig).after == ""
        await services.assignments.redo(actor="Pia")
        assert last_of(rig).after.endswith("Rack A/1: performer Ada")
        await services.users.arm_control(10, actor="Pia")
        await services.control.execute(RACK, SetGain(1, 15), actor="Pia")
        gains = (last_of(rig).before, last_of(rig).after)
        rig.report(1, FactsHeard(1, replace(FACTS, name="Lead Vox", gain_db=15)))
        undone = await services.assignments.undo(actor="Pia")
        assert undone.success
        assert (last_of(rig).after, last_of(rig).before) == gains
        assert gains == ("Rack A/1: gain +12 dB", "Rack A/1: gain +15 dB")


async def test_what_the_present_does_not_know_has_its_stored_name() -> None:
    rig = ScriptedRig({}, device(1, STAGE, "Rack A"))
    async with rig.services() as services:
        await services.devices.execute(RACK, SetGain(1, 12), actor="Pia")
        assert last_of(rig).subject == "Rack A/1"
        planned = [PlannedCommand(RACK, SetGain(2, 12)), PlannedCommand(DeviceId("gone"), Identify())]
        await services.control.execute_plan(planned, actor="Pia")
        assert last_of(rig).subject == "Rack A/2, gone"


async def test_what_the_database_does_not_take_at_the_end_stands_in_the_log() -> None:
    async with open_rig() as (rig, services):
        rig.audited.is_full = True
        await services.locations.create("Loft", actor="Pia")
        with capture_logs() as logs:
            await rig.audit.close()
        (lost,) = [each for each in logs if each["event"] == "audit_entry_lost"]
        assert (lost["actor"], lost["call"], lost["result"]) == ("Pia", "LocationContract.create", DONE)


async def test_refusals_that_come_again_are_counted_and_are_written_before_a_success() -> None:
    async with open_rig() as (rig, services):
        for _ in range(12):
            await services.users.log_in("Wanda", "wrong")
        await services.users.log_in("Wanda", PASSWORD)
        since = format_time_of_day(rig.clock())
        assert [(entry.text.partition(": ")[2], entry.result) for entry in rig.audited.kept] == [
            ("", "LOGIN_REFUSED"),
            (f"refused 10 times since {since}", "LOGIN_REFUSED"),
            (f"refused 12 times since {since}", "LOGIN_REFUSED"),
            ("", DONE),
        ]


def test_rows_that_were_written_back_are_read_by_people() -> None:
    titles = {"rack-1": "Rack A", "ada": "Ada", "loft": "Loft"}
    channel = {"device_id": "rack-1", "number": 2, "role": "primary", "expected_off": False}
    changes = [
        Change(PlainRecord({**channel, "performer_id": "ada", "since": 3.0}), PlainRecord(channel)),
        Change(
            None, PlainRecord({"id": "x", "name": "Tour", "show": '{"scenes": []}', "location_id": "loft"})
        ),
    ]
    assert describe_changes(changes, titles.get) == (
        "Rack A/2: performer Ada",
        "Rack A/2; Tour: name Tour, location Loft",
    )
