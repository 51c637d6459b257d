"""What an alarm says, of channels, bays, antennas, locations and what is gone."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.storage_cures import STORAGE_CURES, find_storage_cause
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.storage_cause import StorageCause
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.storage.database_errors import ErrorTranslator

GONE = DeviceId("gone")


class RefusalError(Exception):
    """What a server answers with."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("no")
        self.sqlstate = sqlstate


def server_fault(error: Exception) -> ErrorInfo:
    """What becomes of an error of a database server."""
    return ErrorTranslator("postgresql://rack", None, is_server=True).translate(error).info


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        (AlarmKey(ProblemCode.RF_LOST, GONE, 2), "gone/2"),
        (AlarmKey(ProblemCode.OFFLINE, GONE), "gone"),
        (AlarmKey(ProblemCode.NETWORK_LOST), "all devices"),
        (AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("x")), "a location"),
        (AlarmKey(ProblemCode.NOT_STORED), "this computer"),
    ],
)
def test_what_is_not_there_is_called_by_what_is_known(key: AlarmKey, subject: str) -> None:
    text = describe_alarm(key, LiveState(SteadyClock()))
    assert text.subject == subject
    assert text.title
    assert 0 < len(text.cure.split()) <= 8


def test_every_cause_has_a_title_and_a_cure_of_at_most_eight_words() -> None:
    for cause in ProblemCode:
        text = describe_alarm(AlarmKey(cause, GONE, 1), LiveState(SteadyClock()))
        assert text.title, cause
        assert 0 < len(text.cure.split()) <= 8, cause


@pytest.mark.parametrize(
    ("fault", "cure"),
    [
        (ErrorInfo(ErrorCode.DISK_FULL, "Full"), "free the disk: kept in memory"),
        (server_fault(OSError(111, "Connect call failed")), "check database server: kept in memory"),
        (server_fault(TimeoutError()), "check database server: kept in memory"),
        (server_fault(RefusalError("57P01")), "check database server: kept in memory"),
        (server_fault(RefusalError("28P01")), "check user, password and rights there"),
        (server_fault(RefusalError("53300")), "check user, password and rights there"),
        (server_fault(RefusalError("53100")), "free the server's disk: kept in memory"),
        (server_fault(RefusalError("55P03")), "end the other program: kept in memory"),
        (server_fault(RefusalError("XX000")), "see health for the reason"),
        (ErrorInfo(ErrorCode.DIRECTORY_NOT_WRITABLE, "No"), "check rights of data directory"),
        (ErrorInfo(ErrorCode.ALREADY_RUNNING, "Ada reads"), "end one of the two programs"),
    ],
)
def test_where_nothing_is_stored_the_cure_fits_the_cause(fault: ErrorInfo, cure: str) -> None:
    live = LiveState(SteadyClock())
    live.findings = replace(live.findings, storage_cause=find_storage_cause(fault))
    assert describe_alarm(AlarmKey(ProblemCode.NOT_STORED), live).cure == cure
    assert "disk" in cure or "disk" not in fault.hint


def test_every_cause_of_not_storing_has_a_cure_of_at_most_eight_words() -> None:
    assert set(STORAGE_CURES) == set(StorageCause)
    assert max(len(cure.split()) for cure in STORAGE_CURES.values()) <= 8


def test_a_lost_collector_is_named_with_what_it_had_also_after_it_is_heard_again() -> None:
    live = LiveState(SteadyClock())
    key = AlarmKey(ProblemCode.COLLECTOR_LOST)
    assert describe_alarm(key, live).subject == "a collector"
    loss = BusLoss(0.0, LossReason.COLLECTOR, "foh", "rack-2", 4, others=1)
    live.findings = replace(live.findings, lost_collector=loss)
    assert describe_alarm(key, live).subject == "foh with 4 channels, and 1 more"
    live.findings = replace(live.findings, lost_collector=replace(loss, channels=1, others=0))
    assert describe_alarm(key, live).subject == "foh with 1 channel"
