"""What one collector was refused is not tried by the next one: each wrong try may lock an account."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import pytest

from micboard_tui.config.refused_secrets import HELD_S, RefusedKeys
from micboard_tui.contracts.ports import Driver, Manufacturer, SessionOptions
from micboard_tui.services.assembly import build_services, build_synchronization
from micboard_tui.services.fleet.shared_refusals import RETRY_S, SharedRefusals
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes import vault
from tests.fakes.links import until
from tests.fakes.plugins import Plugins
from tests.fakes.services import fake_adapters, in_memory
from tests.services.fleet.site import DOOR, OF_DOOR, Computer, Site
from tests.services.running_sessions import running_sessions

KEY = "api S3cret!Pass"


@dataclass
class NoFile:
    """Remembers nothing, as a file that cannot be written. Implements ``RefusalMemory``."""

    noted: list[str] = field(default_factory=list)

    async def since(self, device_id: str, key: str) -> float | None:
        return None

    async def note(self, device_id: str, key: str) -> None:
        self.noted.append(key)


class Collector:
    """The sessions of one collector, with its secrets and refusals, on the database of the site."""

    def __init__(self, site: Site, computer: Computer, refused_file: Path) -> None:
        self.tried: list[str | None] = []
        spec = vault.MANUFACTURER.drivers[vault.DRIVER]
        maker = replace(vault.MANUFACTURER, drivers={spec.name: replace(spec, open=self._open)})
        clock = SteadyClock()
        self.live = LiveState(clock)
        adapters = fake_adapters(
            in_memory(site.devices),
            Plugins(maker, Manufacturer("plain", "Plain", {})),
            live=self.live,
            clock=clock,
            secrets=computer.store,
            refusals=SharedRefusals(RefusedKeys(refused_file), site.refused),
        )
        self.sessions = build_synchronization(adapters).service
        self.secrets = build_services(adapters, self.sessions).secrets

    def fault(self) -> str | None:
        snapshot = self.live.device(DOOR.id)
        return snapshot.state.fault.code if snapshot and snapshot.state.fault else None

    def _open(self, host: str, port: int, options: SessionOptions) -> Driver:
        self.tried.append(options.access.secret)
        return vault.MANUFACTURER.drivers[vault.DRIVER].open(host, port, options)


@pytest.mark.no_cover
async def test_a_collector_that_takes_over_does_not_try_what_the_dead_one_was_refused(tmp_path: Path) -> None:
    site = Site(DOOR)
    hub, first, second = Computer(site, "hub"), Computer(site, "a", "stage"), Computer(site, "b", "stage")
    for computer in (hub, first, second):
        await site.sealed.register(computer.recipient)
    await hub.store.keep(OF_DOOR, "wrong", None)
    dead = Collector(site, first, tmp_path / "first" / "refused.json")
    async with running_sessions(dead.sessions):
        await until(lambda: dead.fault() == "CREDENTIALS_REFUSED" and bool(site.refused.kept))
    assert dead.tried == ["wrong"]
    heir = Collector(site, second, tmp_path / "second" / "refused.json")
    async with running_sessions(heir.sessions):
        await until(lambda: heir.fault() == "CREDENTIALS_REFUSED")
        assert heir.tried == []
        # Once somebody gives the right one it is tried at once, by whichever collector holds the device.
        assert (await heir.secrets.keep(OF_DOOR, vault.PASSWORD, actor="Pia")).success
        await until(lambda: heir.tried == [vault.PASSWORD])
    assert "wrong" not in repr(site.refused.kept)


async def test_a_refusal_is_known_to_all_and_counts_for_this_key_and_a_day_only() -> None:
    site = Site()
    await SharedRefusals(NoFile(), site.refused).note(DOOR.id, KEY)
    other = SharedRefusals(NoFile(), site.refused)
    assert await other.since(DOOR.id, KEY) == site.clock.now
    assert await other.since(DOOR.id, f"{KEY}!") is None
    site.clock.now += HELD_S
    assert await other.since(DOOR.id, KEY) is None


async def test_while_the_database_is_away_the_file_counts(tmp_path: Path) -> None:
    site = Site()
    refusals = SharedRefusals(RefusedKeys(tmp_path / "refused.json"), site.refused)
    site.database.is_away = True
    await refusals.note(DOOR.id, KEY)
    assert await refusals.since(DOOR.id, KEY) is not None
    assert site.refused.kept == {}


@pytest.mark.virtual_time
async def test_what_the_database_missed_is_entered_when_it_is_back_and_meanwhile_it_is_seldom_asked() -> None:
    site = Site()
    local, other = NoFile(), SharedRefusals(NoFile(), site.refused)
    refusals = SharedRefusals(local, site.refused)
    async with anyio.create_task_group() as group:
        group.start_soon(refusals.run)
        site.database.is_away = True
        await refusals.note(DOOR.id, KEY)
        assert local.noted == [KEY]
        for _ in range(5):
            assert await other.since(DOOR.id, KEY) is None
        assert site.refused.reads == 1
        await anyio.sleep(3 * RETRY_S)
        site.database.is_away = False
        await anyio.sleep(RETRY_S + 0.1)
        assert await other.since(DOOR.id, KEY) == site.clock.now
        group.cancel_scope.cancel()
