"""What the facts about one device mean. Pure.

The checks go the way that a message goes. The first one that finds what keeps the device from being read has
the cause; those behind it are not checked, since all that they could find follows from it.
"""

from collections.abc import Callable
from typing import TypeAlias

from micboard_tui.contracts.doctor import CheckResult, CheckStatus, fault, not_checked, ok
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import DeviceFacts, TcpAnswer
from micboard_tui.contracts.errors import NEEDS_ACCESS, ErrorCode
from micboard_tui.domain.firmware_quirks import has_controller_switch, is_qlxd
from micboard_tui.services.doctor.inside_judgement import (
    judge_certificate,
    judge_firmware,
    judge_password,
    judge_rates,
)
from micboard_tui.services.doctor.way_judgement import (
    FROM_HERE,
    judge_name,
    judge_network,
    judge_reachability,
)

Judge: TypeAlias = Callable[[DeviceFacts, float], CheckResult]
"""Judges at a moment, seconds since the epoch."""
_KEEPS_OUT = frozenset({ErrorCode.DEVICE_REFUSED, ErrorCode.DEVICE_SILENT})


def judge_device(facts: DeviceFacts, now: float) -> tuple[CheckResult, ...]:
    """One result for each of ``TITLES``, in their order. ``now``: seconds since the epoch."""
    results: list[CheckResult] = []
    failed = ""
    for title, judge in _JUDGES.items():
        if failed:
            results.append(not_checked(title, f"Not before the fault of '{failed}' is cured"))
            continue
        result = judge(facts, now)
        results.append(result)
        failed = title if result.status is CheckStatus.FAULT else ""
    return tuple(results)


def _judge_port(facts: DeviceFacts, _: float) -> CheckResult:
    title = "port"
    if facts.held_by:
        return not_checked(title, f"{facts.held_by} has a session with the device, and is left alone")
    if facts.error is not None and facts.error.code is ErrorCode.PORT_TAKEN:
        return fault(title, Cause.PORT_TAKEN, facts.error.message, facts.error.hint)
    return _judge_answer_elsewhere(title, facts) or _judge_connection(title, facts)


def _judge_connection(title: str, facts: DeviceFacts) -> CheckResult:
    where = f"{'UDP' if facts.is_datagram else 'TCP'} {facts.port}"
    if facts.is_datagram or facts.tcp in (TcpAnswer.OPEN, None):
        return _judge_silent_datagrams(title, where, facts)
    hint = facts.error.hint if facts.error is not None and facts.error.code not in FROM_HERE else ""
    if facts.tcp is TcpAnswer.REFUSED:
        cause = Cause.ACCESS_OFF if has_controller_switch(facts.known_model) else Cause.PORT_REFUSED
        return fault(title, cause, f"{facts.host} refuses connections to {where}", hint)
    return fault(title, Cause.PORT_BLOCKED, f"{facts.host} is there, and {where} does not answer")


def _judge_silent_datagrams(title: str, where: str, facts: DeviceFacts) -> CheckResult:
    error = facts.error
    if facts.is_datagram and error is not None and error.code is ErrorCode.DEVICE_SILENT:
        message = (
            f"{facts.host} is there, and does not answer on {where}: its access for other programs is off"
        )
        return fault(title, Cause.ACCESS_OFF, f"{message}, or a firewall drops it", error.hint)
    return ok(title, f"{where} is open")


def _judge_answer_elsewhere(title: str, facts: DeviceFacts) -> CheckResult | None:
    """What is there in place of the device; None: nothing else is known to be."""
    found = facts.answers
    if facts.driver is None and facts.error is None and not facts.port:
        message = f"{facts.host} is there, and no device that is supported answers at the usual ports"
        return fault(title, Cause.NOT_A_DEVICE, message)
    if found is None or facts.was_read:
        return None
    what = found.model or "A device"
    if found.driver is not None and found.driver != facts.driver and facts.driver is not None:
        message = f"{what} answers there as {found.driver}, port {found.port}, and not as {facts.driver}"
        return fault(title, Cause.WRONG_DRIVER, message)
    if found.port != facts.port:
        return fault(title, Cause.WRONG_PORT, f"{what} answers at port {found.port}, not at {facts.port}")
    return None


def _judge_access(facts: DeviceFacts, _: float) -> CheckResult:
    title, error = "access", facts.error
    if error is None or error.code not in _KEEPS_OUT:
        return ok(title, "It lets other programs in") if _is_known(facts) else _unknown(title, facts)
    message, hint = error.message, error.hint
    if is_qlxd(facts.known_model):
        return fault(
            title, Cause.FIRMWARE_FROZEN, f"The QLX-D takes connections and is silent: {message}", hint
        )
    is_kept_out = facts.is_datagram or has_controller_switch(facts.known_model)
    return fault(title, Cause.ACCESS_OFF if is_kept_out else Cause.DEVICE_SILENT, message, hint)


def _judge_protocol(facts: DeviceFacts, _: float) -> CheckResult:
    title, error = "protocol", facts.error
    if facts.was_read:
        return ok(title, f"{facts.model or 'It'} answers as {facts.driver}", driver=facts.driver or "")
    if error is None:
        return _unknown(title, facts)
    if error.code is ErrorCode.DRIVER_NOT_SUPPORTED or error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED:
        return fault(title, Cause.DRIVER_MISSING, error.message, error.hint)
    if error.code is ErrorCode.SECRETS_UNREADABLE:
        return _unknown(title, facts)
    if error.code in NEEDS_ACCESS:
        return ok(title, f"It answers as {facts.driver}", driver=facts.driver or "")
    cause = Cause.NOT_A_DEVICE if error.code is ErrorCode.API_ERROR else Cause.DEVICE_SILENT
    return fault(title, cause, error.message, error.hint)


def _is_known(facts: DeviceFacts) -> bool:
    return facts.was_read or (facts.error is not None and facts.error.code not in FROM_HERE)


def _unknown(title: str, facts: DeviceFacts) -> CheckResult:
    if facts.driver is None:
        message = f"{facts.host} is there, and nothing at it speaks a protocol that is known"
        return fault(title, Cause.NOT_A_DEVICE, message)
    if facts.held_by:
        return not_checked(title, f"{facts.held_by} has not read it yet")
    if facts.error is not None:
        return not_checked(title, "The device was not asked")
    return not_checked(title, "There was no time left for it")


_JUDGES: dict[str, Judge] = {
    "name": judge_name,
    "network": judge_network,
    "reachability": judge_reachability,
    "port": _judge_port,
    "access": _judge_access,
    "protocol": _judge_protocol,
    "certificate": judge_certificate,
    "password": judge_password,
    "firmware": judge_firmware,
    "meter rate": judge_rates,
}
TITLES: tuple[str, ...] = tuple(_JUDGES)
