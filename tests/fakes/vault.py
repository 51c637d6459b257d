"""A maker whose receivers want a password and show a certificate; no wire, only the rules."""

from collections.abc import Sequence
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, Driver, DriverSpec, Manufacturer, Report, SessionOptions
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard, Observation

PASSWORD = 'correct "horse" §/+'  # noqa: S105 - a planted one
CLUMSY = "Tr0ub4dor&3 clumsy"
"""The password at which the driver crashes, with the password in its error."""
CERTIFICATE = "ab" * 32
CODE, DRIVER = "vault", "vault-tls"
SAID: Sequence[Observation] = (
    DeviceHeard(DeviceKind.RECEIVER, 1, "VX1", "Vault 1", "1.0"),
    FactsHeard(1, ChannelFacts(name="Lead", transmitter_present=True, meter_interval_s=0.5)),
    MetersHeard(1, Meters(rf_dbm=-50.0, carrier=True)),
)


class VaultDriver:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def run(self, report: Report) -> NoReturn:
        self._enter()
        report(SAID)
        while True:
            await anyio.sleep(0.5)
            report([Alive()])

    async def execute(self, command: Command) -> Confirmation:
        return Confirmation(command, "done")

    async def execute_once(self, command: Command) -> Confirmation:
        self._enter()
        return Confirmation(command, "done")

    async def read_once(self, report: Report) -> None:
        self._enter()
        report(SAID)

    def _enter(self) -> None:
        access = self._access
        if access.fingerprint is None:
            raise DeviceError(ErrorCode.CERTIFICATE_UNKNOWN, "Nobody knows it", hint="Trust it")
        if access.fingerprint != CERTIFICATE:
            raise DeviceError(ErrorCode.CERTIFICATE_CHANGED, "It is another one", hint="Look at it")
        if access.secret is None:
            raise DeviceError(ErrorCode.CREDENTIALS_NEEDED, "It wants a password", hint="Set one")
        if access.secret == CLUMSY:
            raise ValueError(f"cannot say {access.secret} as {access}")
        if access.secret != PASSWORD:
            raise DeviceError(ErrorCode.CREDENTIALS_REFUSED, "Not that password", hint="Set the right one")


def _open(host: str, port: int, options: SessionOptions) -> Driver:
    return VaultDriver(options.access)


async def _certificate(host: str, port: int, timeout_s: float) -> str:
    if host == "127.0.9.9":
        raise OSError("nobody there")
    return CERTIFICATE


MANUFACTURER = Manufacturer(
    CODE,
    "Vault",
    {
        DRIVER: DriverSpec(
            DRIVER,
            "TLS with a password",
            4433,
            _open,
            secret="password",  # noqa: S106 - what it is called
            user="admin",
            has_certificate=True,
            certificate=_certificate,
        )
    },
)
