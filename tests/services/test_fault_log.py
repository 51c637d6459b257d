"""A fault that lasts is one line in the log for each reason."""

import structlog
from structlog.testing import capture_logs

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.services.fault_log import FaultLog


def test_each_reason_is_logged_once_until_it_succeeds() -> None:
    full, locked = ErrorInfo(ErrorCode.DISK_FULL, "full"), ErrorInfo(ErrorCode.DATABASE_LOCKED, "locked")
    with capture_logs() as logs:
        faults = FaultLog(structlog.get_logger("test"), "not_stored")
        for fault in (full, full, locked, locked, full):
            faults.report(fault)
        faults.clear()
        faults.report(full)
    assert {line["event"] for line in logs} == {"not_stored"}
    assert [line["reason"] for line in logs] == ["full", "locked", "full", "full"]
