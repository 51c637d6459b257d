"""What the facts about the database mean. Pure."""

from collections.abc import Iterator

from micboard_tui.contracts.doctor import CheckResult, fault, not_checked, ok, warning
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import DatabaseFacts, DatabaseKind
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.storage_cures import CAUSE
from micboard_tui.domain.storage_cause import StorageCause

MAX_CLOCK_DIFFERENCE_S = 2.0
OLDEST_SERVER, OLDEST_SERVER_NUMBER = "13", 130_000
_BY_CODE = {
    ErrorCode.DATABASE_DAMAGED: Cause.DATABASE_DAMAGED,
    ErrorCode.DATABASE_LOCKED: Cause.DATABASE_LOCKED,
    ErrorCode.DATABASE_NEWER: Cause.DATABASE_NEWER,
    ErrorCode.DIRECTORY_NOT_WRITABLE: Cause.DATABASE_NOT_WRITABLE,
    ErrorCode.DISK_FULL: Cause.DISK_FULL,
}
_BY_CAUSE = {StorageCause.SERVER_AWAY: Cause.SERVER_AWAY, StorageCause.SERVER_REFUSES: Cause.SERVER_REFUSES}
_TITLE = "database"


def judge_database(facts: DatabaseFacts) -> Iterator[CheckResult]:
    """The database itself, and of a server also version, rights, encryption and clock."""
    is_server = facts.kind is DatabaseKind.SERVER
    yield _judge_itself(facts)
    if is_server:
        yield from _judge_server(facts)
    if facts.error is None:
        yield _judge_holder(facts)


def _judge_itself(facts: DatabaseFacts) -> CheckResult:
    error = facts.error
    if error is not None:
        return fault(_TITLE, _cause_of(error), error.message, error.hint)
    if not facts.is_there:
        return ok(_TITLE, f"{facts.where} is not there yet; the first start makes it")
    rows = {f"rows of {name}": str(count) for name, count in facts.tables}
    details = {"revision": facts.revision or "", **rows}
    if facts.revision != facts.newest_revision:
        message = f"{facts.where} is sound; the next start copies it and brings it up to date"
        return ok(_TITLE, message, **details)
    return ok(_TITLE, f"{facts.where} is sound and up to date", **details)


def _cause_of(error: ErrorInfo) -> Cause:
    named = error.details.get(CAUSE)
    if named is not None and (cause := _BY_CAUSE.get(StorageCause(named))) is not None:
        return cause
    return _BY_CODE.get(error.code, Cause.DATABASE_FAILS)


def _judge_server(facts: DatabaseFacts) -> Iterator[CheckResult]:
    if facts.error is not None:
        for title in ("server", "server rights", "server encryption", "server clock"):
            yield not_checked(title, "The server was not reached")
        return
    number = facts.version_number
    if number is not None and number < OLDEST_SERVER_NUMBER:
        yield fault(
            "server", Cause.SERVER_TOO_OLD, f"It is PostgreSQL {facts.version}; {OLDEST_SERVER} is needed"
        )
    else:
        yield ok("server", f"PostgreSQL {facts.version}")
    if facts.may_change is False:
        yield fault("server rights", Cause.SERVER_RIGHTS, "The user may not create or change tables there")
    else:
        yield ok("server rights", "The user may read and change what is needed")
    yield _judge_encryption(facts)
    yield judge_clock_difference("server clock", "the database server", facts.clock_ahead_s)


def _judge_encryption(facts: DatabaseFacts) -> CheckResult:
    title = "server encryption"
    if facts.is_encrypted:
        return ok(title, "The connection is encrypted")
    if facts.is_local:
        return ok(title, "The server is on this computer; nothing leaves it")
    if facts.is_encrypted is None:
        return not_checked(title, "The server does not tell")
    return warning(title, Cause.SERVER_NOT_ENCRYPTED, "Passwords and names pass the network in the clear")


def judge_clock_difference(title: str, whose: str, ahead_s: float | None) -> CheckResult:
    """Compare the clock of another computer with ours."""
    if ahead_s is None:
        return not_checked(title, f"The clock of {whose} is not known")
    if abs(ahead_s) > MAX_CLOCK_DIFFERENCE_S:
        direction = "ahead of" if ahead_s > 0 else "behind"
        message = f"The clock of {whose} is {abs(ahead_s):.1f} s {direction} that of this computer"
        return warning(title, Cause.CLOCK_DIFFERS, message)
    return ok(title, f"The clock of {whose} agrees with that of this computer")


def _judge_holder(facts: DatabaseFacts) -> CheckResult:
    title = "readers"
    if facts.holder:
        message = f"The devices of this database are read by {facts.holder}, so not by this computer"
        return warning(title, Cause.READ_ELSEWHERE, message)
    return ok(title, "No other computer reads the devices of this database")
