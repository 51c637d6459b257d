"""Joins what a collector or a hub needs to have secrets and refused keys from the database."""

import os
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import anyio

from micboard_tui.config.paths import Paths
from micboard_tui.config.refused_secrets import RefusedKeys
from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets.environment_secrets import EnvironmentSecrets
from micboard_tui.config.secrets.sealed_boxes import SealingKey, load_sealing_key
from micboard_tui.config.start_error import ConfigError
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.sealed_secrets import RefusedKeyRepository, SealedSecretRepository
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.domain.sealed_secret import Recipient, RecipientRole
from micboard_tui.domain.secret import SecretError
from micboard_tui.services.fleet.box_distribution import BoxDistribution
from micboard_tui.services.fleet.record_secrets import RecordSecrets
from micboard_tui.services.fleet.shared_refusals import SharedRefusals


class FleetDatabase(Protocol):
    """The parts of the open database that are used."""

    @property
    def sealed_secrets(self) -> SealedSecretRepository: ...

    @property
    def refused_keys(self) -> RefusedKeyRepository: ...

    @property
    def devices(self) -> DeviceRepository: ...


@dataclass(frozen=True, slots=True)
class FleetSecrets:
    store: SecretStore
    refusals: RefusalMemory
    run: Callable[[EventSink, WallClock], Coroutine[Any, Any, None]]
    """Has to run until it is cancelled; with where events are written, and the clock of the present."""


def build_fleet_secrets(
    database: FleetDatabase,
    paths: Paths,
    mask: Mask,
    *,
    name: str,
    zone: str | None,
    environ: Mapping[str, str] = os.environ,
) -> FleetSecrets:
    """``name``: of the collector or hub. ``zone``: that of the collector; None: it is a hub.

    Raises StartError SECRETS_UNREADABLE: the file of its private key is damaged, or may be read by others;
    DISK_FULL, DIRECTORY_NOT_WRITABLE.
    """
    role = RecipientRole.HUB if zone is None else RecipientRole.COLLECTOR
    key = _load_key(paths.hub_secrets_key if zone is None else paths.collector_secrets_key)
    recipient = Recipient(key.public_key, name, role, zone or "")
    sealed, devices = database.sealed_secrets, database.devices
    store = RecordSecrets(sealed, devices, recipient, key, EnvironmentSecrets(environ), mask)
    refusals = SharedRefusals(RefusedKeys(paths.refused_file), database.refused_keys)

    async def run(events: EventSink, clock: WallClock) -> None:
        distribution = BoxDistribution(sealed, devices, recipient, key, events, clock)
        async with anyio.create_task_group() as group:
            group.start_soon(distribution.run)
            group.start_soon(refusals.run)

    return FleetSecrets(store, refusals, run)


def _load_key(file: Path) -> SealingKey:
    try:
        return load_sealing_key(file)
    except SecretError as error:
        raise StartError(ErrorCode.SECRETS_UNREADABLE, str(error), hint=error.hint) from error
    except ConfigError as error:
        raise StartError(ErrorCode(error.code), str(error), hint=error.hint) from error
