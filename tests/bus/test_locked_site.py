"""No board elsewhere and no signal changes a locked show; what was tried is in the audit."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.remote_services import RemoteServices, attach_services
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.origin import FrontEnd, Origin, acting_from
from micboard_tui.contracts.services import Services
from micboard_tui.domain.command import SetMute
from micboard_tui.domain.remote_call import RemoteCall
from micboard_tui.domain.secret import SecretOwner, owner_device
from micboard_tui.domain.show import Show
from micboard_tui.domain.show_calls import ShowAction, ShowCall
from micboard_tui.domain.threshold_set import ThresholdScope
from micboard_tui.services.access.guarded_contracts import let_only_read
from micboard_tui.services.show.remote_calls import RemoteCalls
from tests.bus.calls.stage import SUBJECTS
from tests.fakes.memory_bus import MemoryBus
from tests.fakes.recorded_services import KnownSigns, greeter
from tests.tui.scripted_rig import ScriptedRig, device

PIA, PIN = "Pia", "4711"
RACK = device(1).id
BOARD = Origin(FrontEnd.BOARD, "foh", "pts/3")


class Site:
    def __init__(self, rig: ScriptedRig, own: Services, remote: RemoteServices) -> None:
        self.rig, self.own, self.remote = rig, own, remote


@asynccontextmanager
async def open_site() -> AsyncGenerator[Site]:
    """One program with guarded services, and a board of Pia that is attached to it."""
    rig = ScriptedRig({}, device(1))
    bus = MemoryBus()
    async with rig.services() as own, anyio.create_task_group() as tasks:
        tasks.start_soon(CallServer(bus.connect(), SUBJECTS, own, greeter()).run)
        await anyio.wait_all_tasks_blocked()
        client = CallClient(bus.connect(inbox=SUBJECTS.inbox(PIA)), SUBJECTS, PIA)
        attached = await attach_services(client, rig.live, KnownSigns())
        assert attached.success
        with acting_from(BOARD):
            yield Site(rig, own, attached.data)
        tasks.cancel_scope.cancel()
    for connection in list(bus.connections):
        await connection.close()


async def test_no_call_of_an_attached_board_changes_a_locked_show() -> None:
    async with open_site() as site:
        await site.own.access.lock_show(PIN, actor="Ada")
        remote, known = site.remote, len(site.rig.audited.kept)
        owner: SecretOwner = owner_device(RACK)
        answers = [
            await remote.devices.execute(RACK, SetMute(1, muted=True), actor=PIA),
            await remote.users.arm_control(10, actor=PIA),
            await remote.assignments.add_performer("Bo", actor=PIA),
            await remote.assignments.undo(actor=PIA),
            await remote.secrets.keep(owner, "hunter2", actor=PIA),
            await remote.thresholds.reset(ThresholdScope(), actor=PIA),
            await remote.devices.remove(RACK, actor=PIA),
            await remote.access.lock_show(PIN, actor=PIA),
        ]
        assert {None if each.success else each.error.code for each in answers} == {ErrorCode.SHOW_LOCKED}
        assert (await remote.events.add_marker("It began", actor=PIA)).success
        tried = site.rig.audited.kept[known:]
        assert [entry.result for entry in tried] == ["SHOW_LOCKED"] * len(answers) + ["done"]
        assert {(entry.actor, entry.origin) for entry in tried} == {(PIA, BOARD)}
        assert "hunter2" not in repr(tried)
        assert (await remote.access.unlock_show("0000", actor=PIA)).error is not None
        site.rig.manual_clock.now += 1.0
        assert (await remote.access.unlock_show(PIN, actor=PIA)).success
        assert (await remote.assignments.add_performer("Bo", actor=PIA)).success


async def test_no_signal_of_show_control_goes_on_with_a_locked_show() -> None:
    async with open_site() as site:
        shows, rig = site.own.shows, site.rig
        await shows.add_show(Show("Romeo"), actor="Ada")
        await shows.use_show("Romeo", actor="Ada")
        events = site.own.events
        calls = RemoteCalls(shows, events, rig.live)
        await site.own.access.lock_show(PIN, actor="Ada")
        with acting_from(Origin(FrontEnd.OSC, address="10.0.0.9")):
            await calls.take(RemoteCall(ShowCall(ShowAction.START)), "OSC 10.0.0.9")
        progress = (await shows.get_progress()).data
        assert progress is not None
        assert progress.started_at is None
        last = rig.audited.kept[-1]
        assert (last.result, last.origin.front_end, last.actor) == (
            "SHOW_LOCKED",
            FrontEnd.OSC,
            "OSC 10.0.0.9",
        )


async def test_a_board_that_only_reads_sends_no_change_to_where_it_is_attached() -> None:
    async with open_site() as site:
        reading = let_only_read(site.remote)
        answer = await reading.events.add_marker("It began", actor=PIA)
        assert not answer.success
        assert answer.error.code is ErrorCode.READ_ONLY
        assert (await reading.assignments.list_performers()).success
        assert (await reading.access.find_lock()).success
        assert site.rig.audited.kept == []
