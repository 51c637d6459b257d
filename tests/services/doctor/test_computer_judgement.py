"""What the facts about this computer and its servers mean: one cause for one fault."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.doctor import CheckStatus
from micboard_tui.contracts.doctor_causes import CAUSE_TEXTS, Cause
from micboard_tui.contracts.doctor_facts import ClockFacts, ExtraFacts, MulticastFacts, TerminalFacts
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.services.doctor.computer_judgement import (
    judge_bus,
    judge_bus_clock,
    judge_clock,
    judge_interfaces,
    judge_multicast,
    judge_port,
    judge_terminal,
)
from micboard_tui.services.doctor.database_judgement import judge_database
from micboard_tui.services.doctor.program_judgement import judge_extras, judge_program
from tests.services.doctor import device_cases
from tests.services.doctor.computer_cases import BUS, CLOCK, FILE, PLANTED, PORT, PROGRAM, SERVER, TERMINAL
from tests.services.doctor.device_cases import ETHERNET, error


@pytest.mark.parametrize("cause", PLANTED)
def test_each_planted_fault_is_named_and_no_other(cause: Cause) -> None:
    found = [result for result in PLANTED[cause] if result.cause is not None]
    assert [result.cause for result in found] == [cause]
    assert found[0].status in (CheckStatus.FAULT, CheckStatus.WARNING)
    assert found[0].message
    assert found[0].cure


def test_every_cause_has_a_text_and_a_planted_fault() -> None:
    assert set(CAUSE_TEXTS) == set(Cause)
    assert PLANTED.keys() | device_cases.PLANTED.keys() == set(Cause)


def test_a_computer_that_is_well_has_no_cause() -> None:
    results = [
        *judge_program(PROGRAM),
        judge_interfaces([ETHERNET]),
        judge_port(PORT, ""),
        judge_multicast([MulticastFacts(ETHERNET, comes_back=True)]),
        judge_clock(CLOCK),
        *judge_terminal(TERMINAL),
        *judge_database(FILE),
        *judge_database(SERVER),
        judge_bus(BUS),
        judge_bus(None),
        *judge_bus_clock(BUS),
        *judge_extras([ExtraFacts("osc"), ExtraFacts("mqtt", "aiomqtt", "no MQTT")]),
    ]
    assert {result.status for result in results} == {CheckStatus.OK}


def test_the_clock_of_a_site_is_compared_where_it_is_heard() -> None:
    (behind,) = judge_bus_clock(replace(BUS, clock_ahead_s=-90.04))
    assert (behind.status, behind.cause) == (CheckStatus.WARNING, Cause.CLOCK_DIFFERS)
    assert behind.message == "The clock of foh-rack is 90.0 s behind that of this computer"
    (silent,) = judge_bus_clock(replace(BUS, clock_host="", clock_ahead_s=None))
    assert silent.status is CheckStatus.NOT_CHECKED
    assert silent.message == "The clock of the program that reads the devices is not known"
    assert [*judge_bus_clock(None), *judge_bus_clock(replace(BUS, error=error(ErrorCode.BUS_LOST)))] == []


def test_a_port_that_our_own_program_has_is_no_fault() -> None:
    taken = replace(PORT, error=error(ErrorCode.PORT_TAKEN), owner="python, process 7")
    assert judge_port(taken, "serve, process 7").status is CheckStatus.OK
    assert judge_port(replace(taken, owner=""), "serve, process 7").status is CheckStatus.OK
    other = judge_port(taken, "serve, process 8")
    assert other.cause is Cause.PORT_TAKEN
    assert "process 7" in other.message


def test_multicast_may_stay_away_from_containers_and_vpns() -> None:
    docker = MulticastFacts(replace(ETHERNET, name="docker0"), comes_back=False)
    result = judge_multicast([MulticastFacts(ETHERNET, comes_back=True), docker])
    assert result.status is CheckStatus.OK
    assert "docker0" in result.message


def test_a_querier_that_was_heard_is_named_and_a_group_that_was_not_joined_is_the_reason() -> None:
    heard = judge_multicast([MulticastFacts(ETHERNET, comes_back=True, is_member=True, querier_version=2)])
    assert heard.status is CheckStatus.OK
    assert "an IGMP querier was heard, of version 2 on eth0" in heard.message
    outside = judge_multicast([MulticastFacts(ETHERNET, comes_back=False, is_member=False)])
    assert outside.cause is Cause.MULTICAST_BLOCKED
    assert "the system did not join the group" in outside.message


def test_an_interface_with_two_addresses_is_named_once() -> None:
    for comes_back in (True, False):
        facts = MulticastFacts(ETHERNET, comes_back=comes_back)
        assert judge_multicast([facts, facts]).message.count(ETHERNET.name) == 1


def test_what_cannot_be_known_is_not_called_well() -> None:
    results = [
        judge_multicast([]),
        judge_clock(ClockFacts(0.0, None)),
        *judge_terminal(TerminalFacts(is_terminal=False)),
        next(iter(judge_database(replace(SERVER, is_encrypted=None, clock_ahead_s=None)))),
    ]
    assert [result.status for result in results[:-1]] == [CheckStatus.NOT_CHECKED] * 3
    by_title = {
        result.title: result.status
        for result in judge_database(replace(SERVER, is_encrypted=None, clock_ahead_s=None))
    }
    assert by_title["server encryption"] is by_title["server clock"] is CheckStatus.NOT_CHECKED
    unasked = {result.title: result.status for result in judge_terminal(replace(TERMINAL, answers=False))}
    assert unasked["terminal signs"] is CheckStatus.NOT_CHECKED


def test_of_a_server_that_was_not_reached_nothing_else_is_known() -> None:
    away = PLANTED[Cause.SERVER_AWAY]
    assert {result.status for result in away[1:]} == {CheckStatus.NOT_CHECKED}


def test_a_database_of_an_earlier_release_and_one_that_is_not_there_yet_are_well() -> None:
    for facts in (replace(FILE, revision="0030"), replace(FILE, is_there=False, revision=None)):
        assert {result.status for result in judge_database(facts)} == {CheckStatus.OK}
    assert next(iter(judge_database(replace(SERVER, is_encrypted=False, is_local=True)))).cause is None
