from dataclasses import replace

from micboard_tui.contracts.bus_errors import describe_lost_connection
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.health_watch import (
    HEARD_AGAIN,
    RECORDED_AGAIN,
    STORED_AGAIN,
    TASKS_RUN_AGAIN,
    HealthWatch,
)
from micboard_tui.contracts.holder_texts import TAKEN_OVER
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.session_holder import SessionHolder
from micboard_tui.services.live.state import LiveState
from tests.tui.scripted_rig import SessionsHealth

LIVE = LiveState(lambda: 1000.0)
FULL = ErrorInfo(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
LOCKED = ErrorInfo(ErrorCode.DATABASE_LOCKED, "The database is in use", hint="Wait")


def test_that_storing_ends_and_works_again_is_said_once_each() -> None:
    health = SessionsHealth(tuple)
    said: list[object] = []
    watch = HealthWatch(health, LIVE, said.append, said.append)
    watch.look()
    for fault in (FULL, FULL, LOCKED, None, None):
        health.storage_fault = fault
        watch.look()
    assert said == [FULL, LOCKED, STORED_AGAIN]


def test_what_was_said_before_is_not_said_again() -> None:
    health = SessionsHealth(tuple)
    health.storage_fault = FULL
    said: list[object] = []
    watch = HealthWatch(health, LIVE, said.append, said.append, FULL)
    watch.look()
    assert said == []
    health.storage_fault = None
    watch.look()
    assert said == [STORED_AGAIN]


def test_that_only_memory_is_recorded_to_is_said_once_with_what_became_of_the_file() -> None:
    health = SessionsHealth(tuple)
    said: list[object] = []
    watch = HealthWatch(health, LIVE, said.append, said.append)
    for state in (
        RecorderState(RecorderMode.MEMORY, FULL),
        RecorderState(RecorderMode.MEMORY, FULL, 3),
        RecorderState(RecorderMode.DISK, note="It was damaged"),
        RecorderState(RecorderMode.DISK, note="It was damaged"),
    ):
        health.recorder = state
        watch.look()
    kept = "The flight recorder keeps only the last 75 seconds: The disk is full"
    assert said == [replace(FULL, message=kept), RECORDED_AGAIN, "It was damaged."]


def test_a_database_that_was_repaired_while_it_was_used_is_reported_once_and_no_earlier_note() -> None:
    health = SessionsHealth(tuple)
    health.storage_note = "A new one was begun"
    reported: list[object] = []
    watch = HealthWatch(health, LIVE, reported.append, reported.append)
    watch.look()
    for _ in range(2):
        health.storage_note = "It was damaged"
        watch.look()
    assert reported == ["It was damaged."]


def test_tasks_that_crashed_and_run_again_are_reported_once_each() -> None:
    health = SessionsHealth(tuple)
    reported: list[object] = []
    watch = HealthWatch(health, LIVE, reported.append, reported.append)
    one = ErrorInfo(ErrorCode.TASK_CRASHED, "Crashed: alarms")
    two = ErrorInfo(ErrorCode.TASK_CRASHED, "Crashed: alarms, show")
    for health.task_fault in (one, one, two, None, None):
        watch.look()
    assert reported == [one, two, TASKS_RUN_AGAIN]


def test_that_this_process_reads_the_devices_after_another_one_is_reported_once() -> None:
    live, reported = LiveState(lambda: 1000.0), list[object]()
    watch = HealthWatch(SessionsHealth(tuple), live, reported.append, reported.append)
    for holder in (
        None,
        SessionHolder("Ada", "foh", 7, 900.0),
        SessionHolder("Ben", "mon", 8, 950.0),
        None,
        None,
    ):
        live.findings = replace(live.findings, holder=holder)
        watch.look()
    assert reported == [TAKEN_OVER]


def test_that_the_program_elsewhere_is_not_heard_is_reported_where_no_board_shows_it() -> None:
    live, reported, unreported = LiveState(lambda: 1000.0), list[object](), list[object]()
    watch = HealthWatch(SessionsHealth(tuple), live, reported.append, reported.append, reports_loss=True)
    board = HealthWatch(SessionsHealth(tuple), live, unreported.append, unreported.append)
    loss = BusLoss(990.0, LossReason.CONNECTION)
    for lost in (None, loss, replace(loss, since=991.0), None, None):
        live.findings = replace(live.findings, lost=lost)
        watch.look()
        board.look()
    assert reported == [describe_lost_connection(), HEARD_AGAIN]
    assert unreported == []


def test_which_program_of_a_fleet_is_not_heard_is_reported_with_what_to_do() -> None:
    live, reported = LiveState(lambda: 1000.0), list[object]()
    watch = HealthWatch(SessionsHealth(tuple), live, reported.append, reported.append, reports_loss=True)
    collector = BusLoss(988.0, LossReason.COLLECTOR, "land-1", "rack-3", 32)
    hub = BusLoss(990.0, LossReason.HUB)
    for lost in (collector, replace(collector, channels=20), hub, replace(collector, others=2), None):
        live.findings = replace(live.findings, lost=lost)
        watch.look()
    assert reported == [
        ErrorInfo(
            ErrorCode.COLLECTOR_LOST,
            "Collector land-1 not heard for 12 s: 32 channels",
            hint="Start it on rack-3; another collector of its zone takes over by itself",
        ),
        ErrorInfo(
            ErrorCode.HUB_LOST,
            "Hub not heard for 10 s: changes wait, values go on",
            hint="Start it again; a second hub takes over by itself",
        ),
        ErrorInfo(
            ErrorCode.COLLECTOR_LOST,
            "Collector land-1, and 2 more not heard for 12 s: 32 channels",
            hint="Start it on rack-3; another collector of its zone takes over by itself",
        ),
        HEARD_AGAIN,
    ]
