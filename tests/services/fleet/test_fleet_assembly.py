"""A hub and a collector with their own files, joined as they are at the start, on a real database."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from sqlalchemy import URL

from micboard_tui.config.paths import paths_under
from micboard_tui.config.secret_mask import Mask
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.secret import Secret, SecretError
from micboard_tui.services.fleet.fleet_secrets import FleetDatabase, FleetSecrets, build_fleet_secrets
from micboard_tui.storage.database import open_database
from tests.fakes.events import RecordedEvents
from tests.fakes.links import UNHURRIED_S
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.sealed_secrets import InMemoryRefusedKeys, InMemorySealedSecrets
from tests.services.fleet.site import DOOR, OF_DOOR
from tests.services.stage import Clock
from tests.storage.records import add


@dataclass(frozen=True)
class FakeDatabase:
    sealed_secrets: InMemorySealedSecrets
    refused_keys: InMemoryRefusedKeys
    devices: InMemoryDevices


def build(database: FleetDatabase, home: Path, name: str, zone: str | None) -> FleetSecrets:
    return build_fleet_secrets(database, paths_under(home), Mask(), name=name, zone=zone, environ={})


async def wait_for_secret(collector: FleetSecrets) -> Secret:
    with anyio.fail_after(UNHURRIED_S):
        while True:
            with suppress(SecretError):
                if (secret := await collector.store.read(DOOR.id, DOOR.driver)) is not None:
                    return secret
            await anyio.sleep(0.1)


@pytest.mark.parametrize("is_damaged", [True, False])
async def test_a_key_that_cannot_be_used_ends_the_start_and_the_cure_is_named(
    is_damaged: bool, tmp_path: Path
) -> None:
    clock = Clock()
    database = FakeDatabase(InMemorySealedSecrets(clock), InMemoryRefusedKeys(clock), InMemoryDevices())
    data = paths_under(tmp_path).data
    if is_damaged:
        data.mkdir()
        (data / "hub-secrets.key").write_text("no key")
        (data / "hub-secrets.key").chmod(0o600)
    else:
        data.write_text("a file where the directory should be")
    with pytest.raises(StartError) as refused:
        build(database, tmp_path, "hub", None)
    expected = ErrorCode.SECRETS_UNREADABLE if is_damaged else ErrorCode.DIRECTORY_NOT_WRITABLE
    assert refused.value.code is expected
    assert refused.value.info.hint


@pytest.mark.integration
async def test_what_the_hub_keeps_the_collector_opens_and_what_one_was_refused_the_other_knows(
    database_url: URL | str, tmp_path: Path
) -> None:
    async with open_database(database_url) as of_hub, open_database(database_url) as of_collector:
        await add(of_hub.assignments, DOOR)
        hub = build(of_hub, tmp_path / "hub", "hub", None)
        collector = build(of_collector, tmp_path / "collector", "collector-a", DOOR.zone)
        async with anyio.create_task_group() as group:
            group.start_soon(hub.run, RecordedEvents(), Clock())
            group.start_soon(collector.run, RecordedEvents(), Clock())
            before = await collector.store.revision()
            await hub.store.keep(OF_DOOR, "S3cret!Pass", "audio")
            secret = await wait_for_secret(collector)
            assert await collector.store.revision() != before
            assert (secret.value, secret.user) == ("S3cret!Pass", "audio")
            await collector.refusals.note(DOOR.id, "key")
            assert await hub.refusals.since(DOOR.id, "key") is not None
            group.cancel_scope.cancel()
    assert (tmp_path / "hub" / "data" / "hub-secrets.key").exists()
    assert (tmp_path / "collector" / "data" / "collector-secrets.key").exists()
