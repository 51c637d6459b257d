"""Joins what ``doctor`` needs. It opens no more than it has to, since what it looks for may be broken."""

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from anyio import to_thread

from micboard_tui import __version__
from micboard_tui.bus.bus_examination import NatsExamination
from micboard_tui.config.attachment import Attachment
from micboard_tui.config.changed_rates import ChangedRates
from micboard_tui.config.home_identity import find_home
from micboard_tui.config.instance_lock import find_running
from micboard_tui.config.paths import Paths
from micboard_tui.config.refused_secrets import RefusedKeys
from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets.secret_stores import SecretStores
from micboard_tui.config.settings import Settings
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.doctor import DoctorContract
from micboard_tui.contracts.doctor_facts import (
    DatabaseFacts,
    ExtraFacts,
    KnownDevices,
    ProgramFacts,
    TerminalFacts,
)
from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.contracts.ports import NO_METER_RATES, SessionOptions
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry
from micboard_tui.manufacturers.sennheiser.mcp.port_probe import probe_port
from micboard_tui.manufacturers.transport.host_probes import SystemHostProbes
from micboard_tui.manufacturers.transport.interfaces import list_interfaces
from micboard_tui.manufacturers.transport.multicast_probe import probe_multicast
from micboard_tui.services.doctor.clock_probe import watch_clock
from micboard_tui.services.doctor.computer_checks import ComputerProbes, make_groups
from micboard_tui.services.doctor.device_examiner import (
    CONNECT_TIMEOUT_S,
    IN_SHORT_LIMITS,
    DeviceExaminer,
    ExaminerTools,
)
from micboard_tui.services.doctor.doctor_service import DeviceSources, DoctorService
from micboard_tui.services.doctor.wire_sample import WireSample
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.wire.wire_recorder import WireRecorder
from micboard_tui.storage.database import open_database, sqlite_url
from micboard_tui.storage.database_engine import file_of, parse_address
from micboard_tui.storage.database_examination import SqlExamination
from micboard_tui.storage.schema_upgrade import HEAD
from micboard_tui.storage.unchanged_devices import read_devices

if TYPE_CHECKING:
    from sqlalchemy import URL

EXTRAS = (
    (
        "api",
        ("fastapi", "uvicorn", "prometheus_client", "argon2", "limits"),
        "no HTTP API and no page for tablets",
    ),
    ("fleet", ("msgspec", "nats", "nkeys"), "no boards on other computers, and no fleet"),
    ("postgres", ("asyncpg",), "no database on a server"),
    ("osc", ("pythonosc",), "no OSC"),
    ("mqtt", ("aiomqtt",), "no alarms by MQTT"),
    ("sheets", ("python_calamine",), "no mic plots from spreadsheets"),
)
"""Each extra with its modules, and what there is not without it."""


@dataclass(frozen=True, slots=True)
class DoctorInputs:
    """What the command knows before it looks at anything."""

    paths: Paths
    settings: Settings | None
    """None: they cannot be read, for the reason ``settings_error``."""
    settings_error: ErrorInfo | None
    terminal: TerminalFacts
    attachment: Attachment | None
    """The bus that is set; None: none is."""
    mask: Mask
    """Learns every secret that is read."""
    served: KnownDevices | None = None
    """The devices as the program that reads them knows them now; None: only what was stored is known."""


def make_doctor(inputs: DoctorInputs) -> DoctorContract:
    """Opens nothing yet."""
    paths, settings = inputs.paths, inputs.settings
    usable = settings or Settings()
    url = usable.database_url or sqlite_url(paths.database_file)
    manufacturers = EntryPointRegistry()
    database = OnceExamined(SqlExamination(url, paths.backups, find_home(paths)))
    program = ProgramFacts(
        __version__,
        platform.python_version(),
        inputs.settings_error,
        find_running(paths.lock_file) or find_running(paths.hub_lock_file),
        tuple(find_extras(usable)),
    )
    known = StoredDevices(database, url, inputs.served)
    options = SessionOptions(meter_interval_s=0, connect_timeout_s=CONNECT_TIMEOUT_S)
    secrets = SecretStores(paths.secrets_file, os.environ, inputs.mask)
    refusals = RefusedKeys(paths.refused_file)
    opener = DriverOpener(manufacturers, options, secrets, refusals, lambda _, __: NO_METER_RATES)
    tools = ExaminerTools(SystemHostProbes(), manufacturers, opener)
    directories = {"data": paths.data, "logs": paths.state}
    computer = make_groups(
        ComputerProbes(
            program,
            directories,
            manufacturers.plugins,
            list_interfaces,
            probe_port,
            probe_multicast,
            watch_clock,
            inputs.terminal,
            database,
            NatsExamination(inputs.attachment, steady_s, time.time),
        )
    )

    async def load_drivers() -> None:
        await to_thread.run_sync(manufacturers.plugins)
        await to_thread.run_sync(import_module, "micboard_tui.manufacturers.transport.https")

    def make_sample() -> WireSample:
        recorder, rates = WireRecorder(), ChangedRates(paths.meter_rates)
        recording = replace(options, meter_interval_s=None, wire=recorder)
        return WireSample(
            recorder, DriverOpener(manufacturers, recording, secrets, refusals, rates.of_device), rates.close
        )

    return DoctorService(
        computer,
        DeviceSources(
            known if settings is not None else NoDevices(),
            manufacturers,
            lambda: program.running or database.holder,
            load_drivers,
        ),
        DeviceExaminer(tools),
        DeviceExaminer(tools, IN_SHORT_LIMITS),
        SteadyClock(),
        make_sample,
    )


def find_extras(settings: Settings) -> Sequence[ExtraFacts]:
    """What of the extras is installed, and which setting needs each. Loads none."""
    needed = {
        "fleet": "attach.url" if settings.attach.url else "fleet.bus" if settings.fleet.bus else "",
        "postgres": "database_url" if (settings.database_url or "").startswith("postgres") else "",
        "osc": "alarms.osc_address" if settings.alarms.osc_address else "",
        "mqtt": "alarms.mqtt_url" if settings.alarms.mqtt_url else "",
    }
    if settings.show.osc_listen:
        needed["osc"] = "show.osc_listen"
    return [
        ExtraFacts(
            name,
            next((module for module in modules if find_spec(module) is None), ""),
            without_it,
            needed.get(name, ""),
        )
        for name, modules, without_it in EXTRAS
    ]


class NoDevices:
    """For settings that do not name the database. Implements ``KnownDevices``."""

    async def list_devices(self) -> Sequence[DeviceSnapshot]:
        """None."""
        return ()


class OnceExamined:
    """Looks at the database once, however many ask. Implements ``DatabaseExamination``."""

    def __init__(self, examination: SqlExamination) -> None:
        self._examination = examination
        self._facts: DatabaseFacts | None = None

    @property
    def holder(self) -> str:
        """Who reads the devices of it on another computer, as far as that was looked at; else empty."""
        return "" if self._facts is None else self._facts.holder

    async def examine(self) -> DatabaseFacts:
        if self._facts is None:
            self._facts = await self._examination.examine()
        return self._facts


class StoredDevices:
    """Implements ``KnownDevices``."""

    def __init__(self, database: OnceExamined, url: "str | URL", served: KnownDevices | None) -> None:
        """``served``: asked first, where it is given."""
        self._database, self._url, self._served = database, url, served

    async def list_devices(self) -> Sequence[DeviceSnapshot]:
        facts = await self._database.examine()
        if self._served is not None and (present := await self._served.list_devices()):
            return present
        if facts.error is not None or not facts.is_there or facts.revision != HEAD:
            return ()
        try:
            if (file := file_of(parse_address(self._url))) is not None:
                return await read_devices(file)
            async with open_database(self._url) as database:
                return await database.devices.query(ALL_DEVICES)
        except StorageError:
            return ()
