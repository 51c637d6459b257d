"""Refusals that come again: how many there were is never lost, and they never fill the audit."""

from dataclasses import replace

from micboard_tui.contracts.audit import DONE, AuditEntry
from micboard_tui.contracts.origin import FrontEnd, Origin
from micboard_tui.services.access.repeated_refusals import MAX_RUNS, TOGETHER_S, RepeatedRefusals

REFUSED = AuditEntry(
    1_000.0,
    "",
    Origin(FrontEnd.PAGE, address="10.0.0.7"),
    "UserContract.log_in",
    "Log in",
    result="LOGIN_REFUSED",
)


def at(moment: float, address: str = "10.0.0.7") -> AuditEntry:
    return replace(REFUSED, at=moment, origin=Origin(FrontEnd.PAGE, address=address))


def counts(entries: object) -> list[str]:
    assert isinstance(entries, list | tuple)
    return [entry.text.partition("refused ")[2].partition(" since")[0] for entry in entries]


def test_a_million_tries_from_one_place_are_a_few_entries_with_their_number() -> None:
    refusals = RepeatedRefusals()
    taken = [entry for _ in range(1_000_000 // 100) for entry in refusals.take(REFUSED)]
    assert counts(taken) == ["", "10 times", "100 times", "1000 times", "10000 times"]
    assert refusals.end_all() == []


def test_the_rest_is_written_when_the_hour_is_over_and_counting_begins_anew() -> None:
    refusals = RepeatedRefusals()
    for _ in range(3):
        refusals.take(REFUSED)
    assert refusals.end_old(1_000.0 + TOGETHER_S - 1) == []
    assert counts(refusals.end_old(1_000.0 + TOGETHER_S)) == ["3 times"]
    assert refusals.end_old(1_000.0 + 2 * TOGETHER_S) == []
    assert refusals.take(at(9_000.0)) == (at(9_000.0),)
    assert refusals.end_old(1.0) == [], "the clock was set back: nothing is counted any more"
    assert refusals.take(at(2.0)) == (at(2.0),)


def test_what_comes_from_many_places_is_counted_as_one_and_those_before_stay_apart() -> None:
    refusals = RepeatedRefusals()
    taken = [entry for number in range(5_000) for entry in refusals.take(at(1_000.0, f"10.1.{number}"))]
    assert len(taken) == MAX_RUNS + 4
    assert [entry.subject for entry in taken[MAX_RUNS:]] == ["from many at once"] * 4
    assert refusals.take(at(1_000.0, "10.1.0")) == ()
    assert counts(refusals.end_all()) == ["2 times", f"{5_000 - MAX_RUNS} times"]


def test_a_success_from_elsewhere_ends_no_count_and_other_errors_are_entries_each() -> None:
    refusals = RepeatedRefusals()
    for _ in range(2):
        refusals.take(REFUSED)
    elsewhere = replace(at(1_000.0, "10.0.0.8"), result=DONE)
    assert refusals.take(elsewhere) == (elsewhere,)
    failed = replace(REFUSED, result="DATABASE_ERROR")
    assert [refusals.take(failed) for _ in range(2)] == [(failed,)] * 2
    assert counts(refusals.take(replace(REFUSED, result=DONE))) == ["2 times", ""]
