"""A site with several computers on one database: each has its key, store, distribution and refusals."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
from nacl.public import PrivateKey

from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets.environment_secrets import EnvironmentSecrets
from micboard_tui.config.secrets.sealed_boxes import SealingKey
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import Recipient, RecipientRole
from micboard_tui.domain.secret import SecretOwner, owner_device, owner_driver
from micboard_tui.services.fleet.box_distribution import BoxDistribution
from micboard_tui.services.fleet.record_secrets import RecordSecrets
from tests.fakes import vault
from tests.fakes.events import RecordedEvents
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.sealed_secrets import DatabaseSwitch, InMemoryRefusedKeys, InMemorySealedSecrets
from tests.services.stage import Clock

DOOR = Device(
    DeviceId("door"),
    vault.CODE,
    vault.DRIVER,
    "127.0.0.2",
    4433,
    fingerprint=vault.CERTIFICATE,
    zone="stage",
)
GATE = replace(DOOR, id=DeviceId("gate"), host="127.0.0.3", zone="foh")
OF_DOOR, OF_GATE, OF_DRIVER = owner_device(DOOR.id), owner_device(GATE.id), owner_driver(vault.DRIVER)


class Site:
    def __init__(self, *devices: Device) -> None:
        self.clock, self.database, self.events = Clock(), DatabaseSwitch(), RecordedEvents()
        self.devices = InMemoryDevices(*devices)
        self.sealed = InMemorySealedSecrets(self.clock, self.database)
        self.refused = InMemoryRefusedKeys(self.clock, self.database)

    def holders(self, owner: SecretOwner) -> set[str]:
        """Who has a box."""
        return {
            self.sealed.recipients[public_key].name for kept, public_key in self.sealed.boxes if kept == owner
        }


class Computer:
    """``zone`` None: a hub."""

    def __init__(
        self, site: Site, name: str, zone: str | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        key = SealingKey(PrivateKey.generate())
        role = RecipientRole.HUB if zone is None else RecipientRole.COLLECTOR
        self.recipient = Recipient(key.public_key, name, role, zone or "")
        self.mask = Mask()
        self.store = RecordSecrets(
            site.sealed, site.devices, self.recipient, key, EnvironmentSecrets(environ or {}), self.mask
        )
        self.distribution = BoxDistribution(
            site.sealed, site.devices, self.recipient, key, site.events, site.clock
        )

    async def password(self, device: Device) -> str | None:
        secret = await self.store.read(device.id, device.driver)
        return None if secret is None else secret.value


@asynccontextmanager
async def running(*computers: Computer) -> AsyncGenerator[None]:
    async with anyio.create_task_group() as group:
        for computer in computers:
            group.start_soon(computer.distribution.run)
        yield
        group.cancel_scope.cancel()
