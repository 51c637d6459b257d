"""Facts about one device, each with a single fault in it."""

from collections.abc import Mapping
from dataclasses import replace

from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import DeviceFacts, Neighbour, RouteFacts, TcpAnswer
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.meter_rate_watch import MeterRateWatch

NOW = 1_800_000_000.0
ETHERNET = Interface("192.168.1.20", 24, "eth0")
LOOPBACK = Interface("127.0.0.1", 8, "lo")
ROUTE = RouteFacts((ETHERNET, LOOPBACK), ETHERNET.address)
WELL = DeviceFacts(
    "192.168.1.50",
    2202,
    "shure-strings",
    addresses=("192.168.1.50",),
    route=ROUTE,
    tcp=TcpAnswer.OPEN,
    neighbour=Neighbour.PRESENT,
    was_read=True,
    model="ULXD4D",
    firmware="2.7.6.0",
    has_rates=True,
    rates=MeterRateWatch({1: 0}, {1: 0}, 0, 2.5),
)
"""A receiver at which nothing is wrong."""
SECURE = replace(
    WELL,
    port=443,
    driver="sennheiser-sscv2",
    model="EWDX2CHS",
    secret="password",  # noqa: S106 - what kind, not which
    has_certificate=True,
    certificate_ends_at=NOW + 86_400,
    has_rates=False,
    rates=None,
)
"""A device with a password and a certificate at which nothing is wrong."""
DATAGRAM = replace(
    WELL,
    port=45,
    driver="sennheiser-ssc",
    is_datagram=True,
    tcp=TcpAnswer.REFUSED,
    has_rates=False,
    rates=None,
)


def error(code: ErrorCode) -> ErrorInfo:
    return ErrorInfo(code, f"It failed with {code}", hint="Do what the driver knows")


def failing(code: ErrorCode, facts: DeviceFacts = WELL) -> DeviceFacts:
    """The same device, which could not be read."""
    return replace(
        facts,
        was_read=False,
        error=error(code),
        firmware=None,
        rates=None,
        known_model=facts.model,
        model=None,
    )


UNANSWERED = replace(failing(ErrorCode.DEVICE_UNREACHABLE), tcp=TcpAnswer.SILENT, neighbour=Neighbour.UNKNOWN)
FAR = replace(UNANSWERED, host="10.9.9.9", addresses=("10.9.9.9",))
SLXD = replace(WELL, model="SLXD4D")
QLXD = replace(WELL, model="QLXD4", firmware="2.1.5.0")
OTHER = FoundDevice("192.168.1.50", 45, "sennheiser", "sennheiser-ssc", "EWDXEM2", None, answered=True)
PLANTED: Mapping[Cause, DeviceFacts] = {
    Cause.NAME_UNKNOWN: replace(WELL, addresses=(), name_error=error(ErrorCode.HOST_NOT_RESOLVED)),
    Cause.NAME_SERVICE_SILENT: replace(WELL, addresses=(), name_error=error(ErrorCode.NAME_SERVICE_SILENT)),
    Cause.NO_NETWORK: replace(UNANSWERED, route=RouteFacts((LOOPBACK,))),
    Cause.NO_ROUTE: replace(FAR, route=RouteFacts((ETHERNET, LOOPBACK))),
    Cause.OTHER_NETWORK: FAR,
    Cause.NETMASK_DIFFERS: replace(
        UNANSWERED, route=RouteFacts((replace(ETHERNET, prefix=28), LOOPBACK), ETHERNET.address)
    ),
    Cause.DEVICE_OFF: replace(UNANSWERED, tcp=TcpAnswer.UNREACHABLE, neighbour=Neighbour.ABSENT),
    Cause.PORT_BLOCKED: replace(UNANSWERED, neighbour=Neighbour.PRESENT),
    Cause.PORT_REFUSED: replace(failing(ErrorCode.DEVICE_REFUSED), tcp=TcpAnswer.REFUSED),
    Cause.WRONG_PORT: replace(
        failing(ErrorCode.DEVICE_REFUSED),
        port=2203,
        tcp=TcpAnswer.REFUSED,
        answers=FoundDevice("192.168.1.50", 2202, "shure", "shure-strings", "ULXD4D", None),
    ),
    Cause.WRONG_DRIVER: replace(failing(ErrorCode.DEVICE_SILENT), answers=OTHER),
    Cause.DRIVER_MISSING: replace(failing(ErrorCode.DRIVER_NOT_SUPPORTED), is_datagram=False),
    Cause.NOT_A_DEVICE: failing(ErrorCode.API_ERROR),
    Cause.DEVICE_SILENT: failing(ErrorCode.DEVICE_REFUSED),
    Cause.ACCESS_OFF: failing(ErrorCode.DEVICE_REFUSED, SLXD),
    Cause.FIRMWARE_FROZEN: failing(ErrorCode.DEVICE_REFUSED, QLXD),
    Cause.FIRMWARE_MAY_FREEZE: replace(QLXD, firmware="2.6.2.0"),
    Cause.SELF_TEST_FAILED: replace(WELL, firmware="2.0.15.2*"),
    Cause.CERTIFICATE_UNKNOWN: failing(ErrorCode.CERTIFICATE_UNKNOWN, SECURE),
    Cause.CERTIFICATE_CHANGED: failing(ErrorCode.CERTIFICATE_CHANGED, SECURE),
    Cause.CERTIFICATE_EXPIRED: replace(SECURE, certificate_ends_at=NOW - 86_400),
    Cause.PASSWORD_MISSING: failing(ErrorCode.CREDENTIALS_NEEDED, SECURE),
    Cause.PASSWORD_REFUSED: failing(ErrorCode.CREDENTIALS_REFUSED, SECURE),
    Cause.SECRETS_UNREADABLE: failing(ErrorCode.SECRETS_UNREADABLE, SECURE),
    Cause.METER_RATE_CONTESTED: replace(WELL, rates=MeterRateWatch({1: 0}, {1: 5000}, 1, 2.5)),
    Cause.PORT_TAKEN: failing(ErrorCode.PORT_TAKEN, DATAGRAM),
}
"""For each cause at a device or on the way to it."""
