"""The container: everything joined, with the garbage collector told what stays."""

import gc
from pathlib import Path

import pytest

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, freeze_what_is_loaded, open_container
from micboard_tui.contracts.audit import AuditQuery
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.health import Verdict
from tests.fakes.statements import counting_statements


@pytest.mark.no_cover
async def test_only_the_first_container_of_a_process_freezes_what_is_loaded(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    gc.unfreeze()
    freeze_what_is_loaded.cache_clear()
    try:
        async with open_container(Options(), paths):
            frozen = gc.get_freeze_count()
        assert frozen > 0
        async with open_container(Options(), paths):
            assert gc.get_freeze_count() <= frozen
    finally:
        gc.freeze()


@pytest.mark.integration  # a repair waits for the disk
async def test_a_damaged_database_is_repaired_at_the_start_and_that_is_an_event(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        assert (await container.locations.create("Main Stage", actor="Pia")).success
    paths.database_file.write_bytes(b"this is no database " * 400)
    async with open_container(Options(), paths) as container:
        note = container.health.snapshot().storage_note
        assert note is not None
        assert "was damaged" in note
        locations = await container.locations.list_locations()
        assert locations.success
        assert [location.name for location in locations.data] == ["Main Stage"]
    async with open_container(Options(), paths) as container:
        assert container.health.snapshot().storage_note is None
        events = await container.events.list_events(EventQuery())
        assert events.success
        assert [event.details["note"] for event in events.data if "note" in event.details] == [note]
        report = await container.health.check()
        assert report.success
        (repaired,) = (check for check in report.data.checks if check.name == "repaired database")
        assert repaired.verdict is Verdict.WARNING
        assert note in repaired.message


async def test_a_device_is_added_with_few_statements(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        runs = []
        # What runs beside looks into the database every second: one run at least has nothing of it.
        for number in (2, 3, 4):
            with counting_statements() as statements:
                added = await container.devices.register(
                    "shure", f"127.0.0.{number}", driver="shure-strings", actor="Pia"
                )
            assert added.success
            runs.append(statements)
        statements = min(runs, key=len)
        # With the event that it is, a look at the lock of the show, and the audit.
        assert len(statements) <= 22, statements
    assert not any(
        "FROM channels" in statement or "FROM device_states" in statement for statement in statements
    )


@pytest.mark.integration
async def test_a_lock_holds_at_once_for_another_process_on_the_same_database(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    async with open_container(Options(), paths) as board, open_container(Options(), paths) as command:
        assert (await board.users.arm_control(10, actor="Ada")).success
        assert (await command.access.lock_show("4711", actor="Bo")).success
        refused = await board.locations.create("Stage", actor="Ada")
        assert refused.error is not None
        assert refused.error.code is ErrorCode.SHOW_LOCKED
        assert (await board.users.find_armed_end("Ada")).data is None
        assert board.live.findings.show_lock is not None
        assert (await board.access.unlock_show("4711", actor="Ada")).success
        assert (await command.locations.create("Stage", actor="Bo")).success
        entries = (await board.audit.list_entries(AuditQuery())).data or ()
        assert [entry.result for entry in entries] == ["done", "done", "SHOW_LOCKED", "done", "done"]
