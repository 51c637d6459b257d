"""Opens drivers: finds the one that a device is registered with, and what lets us into the device."""

from dataclasses import dataclass, replace

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import (
    NO_ACCESS,
    Access,
    Driver,
    DriverSpec,
    ManufacturerRegistry,
    SessionOptions,
)
from micboard_tui.contracts.secrets import SecretStore
from micboard_tui.domain.device import Device
from micboard_tui.domain.secret import SecretError


@dataclass(frozen=True, slots=True)
class Key:
    """What lets us into one device."""

    access: Access = NO_ACCESS
    set_at: str | None = None
    """When its secret was given: the same one given anew is another key, and worth a try."""


class Opener:
    def __init__(
        self, manufacturers: ManufacturerRegistry, options: SessionOptions, secrets: SecretStore | None = None
    ) -> None:
        """``secrets``: None where there are none."""
        self._manufacturers, self._options, self._secrets = manufacturers, options, secrets

    def spec(self, device: Device) -> DriverSpec:
        """Raises MicboardError: MANUFACTURER_NOT_SUPPORTED, DRIVER_NOT_SUPPORTED."""
        spec = self._manufacturers.get(device.manufacturer).drivers.get(device.driver)
        if spec is None:
            raise MicboardError(
                ErrorCode.DRIVER_NOT_SUPPORTED,
                f"No driver '{device.driver}' of '{device.manufacturer}' is installed",
                hint="Install the plugin that brings it, or remove the device",
            )
        return spec

    def revision(self) -> str:
        """Changes whenever a key may have."""
        return self._secrets.revision() if self._secrets is not None else ""

    async def key(self, device: Device) -> Key:
        """Raises MicboardError as ``spec``, and SECRETS_UNREADABLE."""
        spec = self.spec(device)
        access = Access(fingerprint=device.fingerprint)
        if spec.secret is None or self._secrets is None:
            return Key(access)
        try:
            secret = await self._secrets.read(device.id, device.driver)
        except SecretError as error:
            raise unreadable_secrets(error) from error
        if secret is None:
            return Key(access)
        return Key(replace(access, user=secret.user, secret=secret.value), secret.set_at)

    def open(self, device: Device, key: Key) -> Driver:
        """Connects nothing. Raises MicboardError as ``spec``."""
        options = replace(self._options, access=key.access)
        return self.spec(device).open(device.host, device.port, options)


def unreadable_secrets(error: SecretError) -> MicboardError:
    """What front ends are told of a store that does not work."""
    return MicboardError(ErrorCode.SECRETS_UNREADABLE, str(error), hint=error.hint)
