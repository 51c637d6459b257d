"""What the facts about one device mean: one cause for one fault, and nothing green that was not looked at."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.doctor import CheckResult, CheckStatus
from micboard_tui.contracts.doctor_causes import CAUSE_TEXTS, Cause
from micboard_tui.contracts.doctor_facts import DeviceFacts, HeldRate, TcpAnswer
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.meter_rate_watch import MeterRateWatch
from micboard_tui.services.doctor.device_judgement import TITLES, judge_device
from tests.services.doctor.device_cases import (
    DATAGRAM,
    NOW,
    PLANTED,
    QLXD,
    SECURE,
    SLXD,
    WELL,
    error,
    failing,
)

WARNINGS = {
    Cause.FIRMWARE_MAY_FREEZE,
    Cause.SELF_TEST_FAILED,
    Cause.CERTIFICATE_EXPIRED,
    Cause.METER_RATE_CONTESTED,
}


def judged(facts: DeviceFacts) -> dict[str, CheckResult]:
    results = judge_device(facts, NOW)
    assert tuple(result.title for result in results) == TITLES
    return {result.title: result for result in results}


@pytest.mark.parametrize("cause", PLANTED)
def test_each_planted_fault_is_named_and_no_other(cause: Cause) -> None:
    found = [result for result in judge_device(PLANTED[cause], NOW) if result.cause is not None]
    assert [result.cause for result in found] == [cause]
    assert found[0].status is (CheckStatus.WARNING if cause in WARNINGS else CheckStatus.FAULT)
    assert found[0].message
    assert found[0].cure


@pytest.mark.parametrize("cause", [each for each in PLANTED if each not in WARNINGS])
def test_nothing_behind_a_fault_is_called_well(cause: Cause) -> None:
    results = judge_device(PLANTED[cause], NOW)
    place = next(place for place, result in enumerate(results) if result.status is CheckStatus.FAULT)
    assert {result.status for result in results[place + 1 :]} <= {CheckStatus.NOT_CHECKED}


@pytest.mark.parametrize("facts", [WELL, SECURE, DATAGRAM], ids=["strings", "https", "datagrams"])
def test_a_device_that_is_well_has_no_cause(facts: DeviceFacts) -> None:
    assert {result.status for result in judge_device(facts, NOW)} == {CheckStatus.OK}


def test_the_cure_of_the_driver_is_shown_before_the_usual_one() -> None:
    assert judged(PLANTED[Cause.ACCESS_OFF])["access"].cure == error(ErrorCode.DEVICE_REFUSED).hint
    assert judged(PLANTED[Cause.DEVICE_OFF])["reachability"].cure == CAUSE_TEXTS[Cause.DEVICE_OFF].cure


def test_an_slxd_that_refuses_the_connection_has_its_access_off() -> None:
    facts = replace(failing(ErrorCode.DEVICE_REFUSED, SLXD), tcp=TcpAnswer.REFUSED)
    assert judged(facts)["port"].cause is Cause.ACCESS_OFF


def test_a_device_that_was_not_asked_since_its_secret_cannot_be_read_is_not_said_to_answer() -> None:
    results = judged(PLANTED[Cause.SECRETS_UNREADABLE])
    for title in ("access", "protocol"):
        assert (results[title].status, results[title].message) == (
            CheckStatus.NOT_CHECKED,
            "The device was not asked",
        )
    refused = judged(replace(PLANTED[Cause.SECRETS_UNREADABLE], tcp=TcpAnswer.REFUSED))["port"]
    assert (refused.cause, refused.cure) == (Cause.PORT_REFUSED, CAUSE_TEXTS[Cause.PORT_REFUSED].cure)


@pytest.mark.parametrize("code", [ErrorCode.DEVICE_SILENT, ErrorCode.DEVICE_REFUSED])
def test_a_device_that_keeps_datagrams_from_others_has_its_access_off(code: ErrorCode) -> None:
    causes = [result.cause for result in judge_device(failing(code, DATAGRAM), NOW) if result.cause]
    assert causes == [Cause.ACCESS_OFF]


def test_an_address_that_no_dhcp_server_gave_has_a_cure_of_its_own() -> None:
    facts = replace(PLANTED[Cause.OTHER_NETWORK], host="169.254.7.7", addresses=("169.254.7.7",))
    result = judged(facts)["reachability"]
    assert result.cause is Cause.OTHER_NETWORK
    assert "DHCP" in result.cure


def test_a_device_behind_a_router_that_answers_is_well() -> None:
    result = judged(replace(WELL, host="10.9.9.9", addresses=("10.9.9.9",)))["network"]
    assert result.status is CheckStatus.OK
    assert "router" in result.message


def test_of_ipv6_the_networks_are_not_compared() -> None:
    result = judged(replace(WELL, host="fe80::1%eth0", addresses=("fe80::1%eth0",)))["network"]
    assert result.status is CheckStatus.NOT_CHECKED


def test_what_there_was_no_time_for_is_not_checked() -> None:
    facts = replace(WELL, was_read=False, firmware=None, rates=None, model=None)
    results = judged(facts)
    for title in ("access", "protocol", "firmware", "meter rate"):
        assert results[title].status is CheckStatus.NOT_CHECKED


def test_a_host_without_a_device_is_named_so() -> None:
    facts = replace(WELL, port=0, driver=None, was_read=False, model=None, tcp=TcpAnswer.REFUSED)
    assert judged(facts)["port"].cause is Cause.NOT_A_DEVICE
    assert judged(replace(facts, port=2203))["port"].cause is Cause.PORT_REFUSED
    assert judged(replace(facts, port=2203, tcp=TcpAnswer.OPEN))["access"].cause is Cause.NOT_A_DEVICE


def test_a_rate_that_another_program_has_set_for_long_is_no_fault() -> None:
    result = judged(replace(WELL, rates=MeterRateWatch({1: 5000}, {1: 5000}, 0, 2.5)))["meter rate"]
    assert result.status is CheckStatus.OK
    assert "every 5000 ms" in result.message


def test_a_device_with_a_session_is_judged_by_what_the_session_knows() -> None:
    held = replace(WELL, tcp=None, rates=None, held_by="serve, process 7")
    results = judged(held)
    assert "serve, process 7" in results["reachability"].message
    assert results["protocol"].status is CheckStatus.OK
    assert {results[title].status for title in ("port", "meter rate")} == {CheckStatus.NOT_CHECKED}
    lost = replace(failing(ErrorCode.DEVICE_UNREACHABLE, held), held_by=held.held_by)
    assert judged(lost)["reachability"].cause is Cause.DEVICE_OFF
    starting = replace(held, was_read=False)
    assert judged(starting)["reachability"].status is CheckStatus.NOT_CHECKED


def test_the_meter_rate_of_a_device_with_a_session_is_what_the_session_heard_of_it() -> None:
    held = replace(WELL, tcp=None, rates=None, held_by="serve, process 7")
    well = judged(replace(held, held_rates_ms=(HeldRate(1, 100, 100), HeldRate(2, 100, 100))))["meter rate"]
    assert (well.status, well.message) == (
        CheckStatus.OK,
        "It is as serve, process 7 asked for: every 100 ms",
    )
    other = judged(replace(held, held_rates_ms=(HeldRate(1, 100, 100), HeldRate(2, 100, 5000))))["meter rate"]
    assert other.cause is Cause.METER_RATE_CONTESTED
    assert "every 5000 ms (channel 2)" in other.message


def test_only_a_qlxd_of_newer_firmware_may_freeze() -> None:
    assert judged(QLXD)["firmware"].status is CheckStatus.OK
    assert judged(replace(WELL, firmware="2.7.6.0"))["firmware"].status is CheckStatus.OK
