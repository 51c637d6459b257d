"""Opens drivers: finds the one that a device is registered with, and the credentials for the device.

A password that a device has refused is not tried again, by this program or the next, until it is set anew:
each wrong try may lock the device's account.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import anyio

from micboard_tui.contracts.device_holding import WHOLE_RACK, DeviceHolding
from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import (
    NO_ACCESS,
    Access,
    Driver,
    DriverSpec,
    ManufacturerRegistry,
    MeterRateMemory,
    SessionOptions,
)
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.contracts.wire import Wire
from micboard_tui.domain.device import Device
from micboard_tui.domain.secret import SecretError
from micboard_tui.services.wire.leased_wire import LeasedWire

REMEMBER_LIMIT_S = 5.0
"""So long a session that ends waits until its refusal is kept."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What lets us into one device."""

    access: Access = NO_ACCESS
    set_at: str | None = None
    """When the secret was set: the same one set anew counts as another one, and is worth a try."""


NO_CREDENTIALS = Credentials()


class DriverOpener:
    def __init__(
        self,
        manufacturers: ManufacturerRegistry,
        options: SessionOptions,
        secrets: SecretStore,
        refusals: RefusalMemory,
        meter_rates: Callable[[str, int], MeterRateMemory],
        holding: DeviceHolding = WHOLE_RACK,
    ) -> None:
        """``meter_rates`` gives the memory of the device at a host and port."""
        self._manufacturers, self._options = manufacturers, options
        self._secrets, self._refusals = secrets, refusals
        self._meter_rates = meter_rates
        self.holding = holding
        """Which devices are ours to speak with."""

    def check_manufacturer(self, code: str) -> None:
        """Raises MicboardError MANUFACTURER_NOT_SUPPORTED."""
        self._manufacturers.get(code)

    def spec_of(self, device: Device) -> DriverSpec:
        """Raises MicboardError: MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED."""
        spec = self._manufacturers.get(device.manufacturer).drivers.get(device.driver)
        if spec is None:
            raise MicboardError(
                ErrorCode.DRIVER_NOT_SUPPORTED,
                f"No driver '{device.driver}' of '{device.manufacturer}' is installed",
                hint="Install the plugin that brings it, or remove the device",
            )
        return spec

    async def secrets_revision(self) -> str:
        """Another text whenever a secret may have changed."""
        return await self._secrets.revision()

    async def find_credentials(self, device: Device) -> Credentials:
        """Raises MicboardError as ``spec_of``, SECRETS_UNREADABLE, and CREDENTIALS_REFUSED.

        The last one is for a secret that the device has refused before.
        """
        spec = self.spec_of(device)
        access = Access(fingerprint=device.fingerprint)
        if spec.secret is None:
            return Credentials(access)
        try:
            secret = await self._secrets.read(device.id, device.driver)
        except SecretError as error:
            raise secrets_error(error) from error
        if secret is None:
            return Credentials(access)
        credentials = Credentials(replace(access, user=secret.user, secret=secret.value), secret.set_at)
        await self._check_not_refused(device, credentials, spec.secret)
        return credentials

    async def remember_refusal(self, device: Device, credentials: Credentials) -> None:
        """The device has just refused ``credentials``. Also remembered when the session is being closed."""
        if credentials.access.secret is None:
            return
        with anyio.move_on_after(REMEMBER_LIMIT_S, shield=True):
            await self._refusals.note(device.id, _attempt_key(device, credentials))

    async def _check_not_refused(self, device: Device, credentials: Credentials, kind: str) -> None:
        refused_at = await self._refusals.since(device.id, _attempt_key(device, credentials))
        if refused_at is not None:
            when = datetime.fromtimestamp(refused_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
            raise DeviceError(
                ErrorCode.CREDENTIALS_REFUSED,
                f"{device.host}:{device.port} refused this {kind} on {when}; it is not tried again by itself",
                hint="Store the right one, or the same one again: micboard-tui secrets set DEVICE. "
                "Wrong tries can lock the device's account",
            )

    def open(self, device: Device, credentials: Credentials, known_model: str | None) -> Driver:
        """Connects nothing. Raises MicboardError as ``spec_of``."""
        meter_rates = self._meter_rates(device.host, device.port)
        options = replace(
            self._options,
            access=credentials.access,
            known_model=known_model,
            meter_rates=meter_rates,
            wire=self._wire_of(device),
        )
        return self.spec_of(device).open(device.host, device.port, options)

    def _wire_of(self, device: Device) -> Wire:
        if self.holding is WHOLE_RACK:
            return self._options.wire
        return LeasedWire(self._options.wire, partial(self.holding.may_send, device.id))


def _attempt_key(device: Device, credentials: Credentials) -> str:
    """Everything that makes an attempt another one, the moment in which the secret was set included."""
    access = credentials.access
    parts = (device.host, device.port, device.driver, access.user, access.fingerprint, credentials.set_at)
    return "\0".join(map(str, (*parts, access.secret)))


def secrets_error(error: SecretError) -> MicboardError:
    """The error for front ends when the store of secrets does not work."""
    return MicboardError(ErrorCode.SECRETS_UNREADABLE, str(error), hint=error.hint)
