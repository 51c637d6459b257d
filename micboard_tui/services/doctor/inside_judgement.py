"""What the facts about a device that answers mean: certificate, password, firmware, meter rate. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from micboard_tui.contracts.doctor import CheckResult, fault, not_checked, ok, warning
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import DeviceFacts
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.firmware_quirks import may_freeze

_CERTIFICATES = {
    ErrorCode.CERTIFICATE_UNKNOWN: Cause.CERTIFICATE_UNKNOWN,
    ErrorCode.CERTIFICATE_CHANGED: Cause.CERTIFICATE_CHANGED,
}
_PASSWORDS = {
    ErrorCode.CREDENTIALS_NEEDED: Cause.PASSWORD_MISSING,
    ErrorCode.CREDENTIALS_REFUSED: Cause.PASSWORD_REFUSED,
    ErrorCode.SECRETS_UNREADABLE: Cause.SECRETS_UNREADABLE,
}
SELF_TEST_FAILED = "*"
"""Behind the firmware's version (docs/reference/protocols/shure.md 1.5)."""


def judge_certificate(facts: DeviceFacts, now: float) -> CheckResult:
    title, error, ends_at = "certificate", facts.error, facts.certificate_ends_at
    if not facts.has_certificate:
        return ok(title, "Devices of this driver have none")
    if error is not None and (cause := _CERTIFICATES.get(error.code)) is not None:
        return fault(title, cause, error.message, error.hint)
    if ends_at is None:
        return not_checked(title, "Until when it holds could not be read")
    day = datetime.fromtimestamp(ends_at, UTC).strftime("%Y-%m-%d")
    if ends_at < now:
        return warning(title, Cause.CERTIFICATE_EXPIRED, f"It has expired on {day}")
    return ok(title, f"It holds until {day}")


def judge_password(facts: DeviceFacts, _: float) -> CheckResult:
    title, error = "password", facts.error
    if facts.secret is None:
        return ok(title, "Devices of this driver need none")
    if error is not None and (cause := _PASSWORDS.get(error.code)) is not None:
        return fault(title, cause, error.message, error.hint)
    if not facts.was_read:
        return not_checked(title, "The device was not read")
    return ok(title, f"The {facts.secret} is accepted")


def judge_firmware(facts: DeviceFacts, _: float) -> CheckResult:
    title, firmware = "firmware", facts.firmware
    if not firmware:
        return not_checked(title, "The device does not say which it has")
    model = facts.model or facts.known_model
    if firmware.endswith(SELF_TEST_FAILED):
        return warning(title, Cause.SELF_TEST_FAILED, f"It reports {firmware}")
    if may_freeze(model, firmware):
        return warning(title, Cause.FIRMWARE_MAY_FREEZE, f"{model} has {firmware}")
    return ok(title, f"No fault of {firmware} is known")


def judge_rates(facts: DeviceFacts, _: float) -> CheckResult:
    title, rates = "meter rate", facts.rates
    if not facts.has_rates and facts.driver is not None:
        return ok(title, "Each program has a rate of its own")
    if facts.held_by:
        return _judge_held_rates(title, facts)
    if rates is None:
        return not_checked(title, "It could not be watched")
    seconds = f"{rates.watched_s:g} s"
    if rates.changes:
        message = (
            f"Another program changed it in {seconds} of watching, to {_list_rates(rates.last_ms.values())}"
        )
        return warning(title, Cause.METER_RATE_CONTESTED, message)
    if running := rates.running_ms:
        rate = _list_rates(running.values())
        return ok(title, f"Another program meters it, or left it so: {rate}; unchanged for {seconds}")
    return ok(title, f"No other program meters it; watched for {seconds}")


def _judge_held_rates(title: str, facts: DeviceFacts) -> CheckResult:
    """By what the session asked for and heard last, since nothing is sent to the device."""
    rates = facts.held_rates_ms
    if not rates:
        return not_checked(title, f"{facts.held_by} has a session with the device, and sets it")
    others = [each for each in rates if each.reported_ms != each.asked_ms]
    if not others:
        asked = _list_rates(each.asked_ms for each in rates)
        return ok(title, f"It is as {facts.held_by} asked for: {asked}")
    channels = ", ".join(str(each.number) for each in others)
    message = (
        f"{facts.held_by} asked for {_list_rates(each.asked_ms for each in others)}, and another program set"
        f" {_list_rates(each.reported_ms for each in others)} (channel {channels})"
    )
    return warning(title, Cause.METER_RATE_CONTESTED, message)


def _list_rates(rates_ms: Iterable[int]) -> str:
    return ", ".join(f"every {rate} ms" if rate else "off" for rate in sorted(set(rates_ms)))
