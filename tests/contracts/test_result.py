"""The one shape of answers, and of the errors that become one."""

from micboard_tui.contracts.errors import DeviceError, ErrorCode, ErrorInfo
from micboard_tui.contracts.health import HealthCheck, HealthReport, Verdict
from micboard_tui.contracts.result import Failure, ServiceResult, Success


def test_both_answers_have_the_same_four_fields() -> None:
    info = ErrorInfo(ErrorCode.INVALID_VALUE, "no")
    yes, no = Success(7, warning="adapted"), Failure(info)
    assert (yes.success, yes.data, yes.error, yes.warning) == (True, 7, None, "adapted")
    assert (no.success, no.data, no.error, no.warning) == (False, None, info, None)


def test_success_narrows_the_type() -> None:
    result: ServiceResult[int] = Success(7)
    assert (result.data + 1 if result.success else result.error) == 8


def test_an_error_carries_its_code_hint_and_details_into_the_answer() -> None:
    error = DeviceError(ErrorCode.DEVICE_REFUSED, "not allowed", hint="allow it", port=2202)
    assert error.code is ErrorCode.DEVICE_REFUSED
    assert str(error) == "not allowed"
    assert Failure.of(error).error == ErrorInfo(
        ErrorCode.DEVICE_REFUSED, "not allowed", {"port": "2202"}, "allow it"
    )


def test_only_a_failure_makes_a_report_unhealthy() -> None:
    def healthy(*verdicts: Verdict) -> bool:
        return HealthReport(tuple(HealthCheck("x", verdict, "") for verdict in verdicts)).healthy

    assert healthy()
    assert healthy(Verdict.OK, Verdict.WARNING)
    assert not healthy(Verdict.OK, Verdict.FAILED)
