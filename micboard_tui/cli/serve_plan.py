"""What ``serve`` does as a part of a fleet, from its settings: what does not fit together is refused."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from micboard_tui.contracts.errors import ErrorCode, StartError

if TYPE_CHECKING:
    from micboard_tui.bus.server.local_bus import LocalBusOptions
    from micboard_tui.bus.wire.subjects import Subjects
    from micboard_tui.cli.serve_api import ApiPlan
    from micboard_tui.config.fleet_settings import Fleet, Role
    from micboard_tui.config.paths import Paths
    from micboard_tui.config.settings import Settings

HOW_ROLES = "Say what this process does: --roles, some of hub,collector,api"
NEEDS_POSTGRESQL = (
    "Make a database on a PostgreSQL server that all machines reach, and name it with MICBOARD_DATABASE_URL;"
    " or serve one rack: micboard-tui serve, without --roles"
)


class GivenBus(NamedTuple):
    """A NATS server that runs already, and what lets us in."""

    url: str
    key: Path | None
    ca: Path | None
    users_file: Path | None = None
    """Where the hub writes who may come in; None: that server's configuration is written by hand."""
    pid_file: Path | None = None


class OwnBus(NamedTuple):
    """A server that the hub starts, and to which collectors and hubs on other machines come with a key."""

    options: "LocalBusOptions"
    key: Path
    """Made where there is none."""


class FleetPlan(NamedTuple):
    """What this process does."""

    roles: "frozenset[Role]"
    name: str
    """Of the collector, and of the process for people."""
    zone: str
    subjects: "Subjects"
    process: str
    """Under which role programs on this computer find it."""
    bus: GivenBus | OwnBus
    api: "ApiPlan | None"
    """None: it has not that role."""


_Check: TypeAlias = tuple[bool, str, str]
"""Whether it is wrong, how that is told, and the cure."""


def is_fleet(fleet: "Fleet") -> bool:
    """Whether ``serve`` is a part of a fleet. Raises StartError where only a part of the settings says so."""
    if fleet.roles is not None or fleet.bus is not None:
        return True
    alone = [name for name, value in fleet.model_dump().items() if value is not None]
    if alone:
        raise _wrong(f"fleet.{alone[0]} is for a process of a fleet, and fleet.roles is not set", HOW_ROLES)
    return False


def plan_fleet(settings: "Settings", paths: "Paths", missing: str | None = None) -> FleetPlan:
    """What the settings ask for. Raises StartError.

    ``missing``: a module that is not installed.
    """
    from micboard_tui.config.fleet_settings import Role, read_roles
    from micboard_tui.domain.device import DEFAULT_ZONE

    fleet = settings.fleet
    roles = frozenset(Role) if fleet.roles is None else read_roles(fleet.roles)
    if missing is not None:
        raise _wrong(
            f"What a fleet needs is not installed ({missing})",
            "pip install 'micboard-tui[fleet,postgres,api]'",
        )
    for is_wrong, message, hint in _checks(settings, roles):
        if is_wrong:
            raise _wrong(message, hint)
    if roles != {Role.API}:
        check_record(settings.database_url)
    from micboard_tui.bus.wire.subjects import Subjects

    return FleetPlan(
        roles,
        fleet.name or platform.node() or "collector",
        fleet.zone or DEFAULT_ZONE,
        Subjects(settings.bus.site),
        _find_process(roles),
        _plan_bus(settings, paths, _find_process(roles)),
        _plan_attached_api(settings) if Role.API in roles else None,
    )


def check_record(database_url: str | None) -> None:
    """Raises StartError where the record of the fleet would be a file on one machine."""
    if database_url is None or database_url.startswith("sqlite"):
        raise _wrong("Several machines cannot share a database in a file (SQLite)", NEEDS_POSTGRESQL)


def list_locks(paths: "Paths", roles: "frozenset[Role]") -> Sequence[tuple[Path, str]]:
    """The locks that a process with these roles holds, each with how a second one is told of it.

    A collector has sessions, as a board has that reads the devices itself.
    """
    from micboard_tui.config.fleet_settings import Role

    locks = {Role.COLLECTOR: (paths.lock_file, "collector"), Role.HUB: (paths.hub_lock_file, "hub")}
    return [lock for role, lock in locks.items() if role in roles]


def _checks(settings: "Settings", roles: "frozenset[Role]") -> Sequence[_Check]:
    from micboard_tui.config.fleet_settings import Role

    fleet, bus = settings.fleet, settings.bus
    is_own = fleet.bus is None
    return (
        (
            not bus.enabled,
            "The parts of a fleet reach each other by the bus, and --no-bus leaves it out",
            "Leave --no-bus and bus.enabled out",
        ),
        (
            is_own and Role.HUB not in roles,
            f"A process with the role {','.join(sorted(roles))} alone needs the bus of the hub",
            "Give its address: --bus tls://HOST",
        ),
        (
            not is_own and bus.listen is not None,
            "--bus-listen is for a server of our own, and --bus names one that runs already",
            "Give one of the two",
        ),
        (
            fleet.zone is not None and Role.COLLECTOR not in roles,
            "A zone is of a collector, and this process is none",
            "Add collector to --roles, or leave --zone out",
        ),
        (
            fleet.ca is not None and not (fleet.bus or "").startswith("tls:"),
            "--bus-ca is for a bus with TLS",
            "Give its address as --bus tls://HOST, or leave --bus-ca out",
        ),
        (
            fleet.users_file is not None and (is_own or Role.HUB not in roles),
            "fleet.users_file is for a hub whose NATS server another program starts",
            "Give --bus, and hub among --roles; or leave it out",
        ),
        (
            fleet.users_file is not None and fleet.key is None,
            "fleet.users_file needs fleet.key: whoever is not in that file cannot come in",
            "Give the key of the programs: --bus-key program.key",
        ),
        (
            fleet.pid_file is not None and fleet.users_file is None,
            "fleet.pid_file tells whom to send a signal after fleet.users_file was written, which is not set",
            "Set both, or none",
        ),
    )


def _plan_attached_api(settings: "Settings") -> "ApiPlan":
    from dataclasses import replace

    from micboard_tui.cli.serve_api import plan_api

    plan = plan_api(settings.api)
    return plan._replace(options=replace(plan.options, is_attached=True))


def _find_process(roles: "frozenset[Role]") -> str:
    from micboard_tui.config.fleet_settings import Role

    return next(role for role in Role if role in roles)


def _plan_bus(settings: "Settings", paths: "Paths", process: str) -> GivenBus | OwnBus:
    from dataclasses import replace

    from micboard_tui.cli.serve_bus import plan_bus

    fleet = settings.fleet
    if fleet.bus is not None:
        return GivenBus(fleet.bus, fleet.key, fleet.ca, fleet.users_file, fleet.pid_file)
    options = plan_bus(settings.bus, settings.api, paths)
    assert options is not None  # noqa: S101 - that it is enabled is checked before
    key = fleet.key or paths.program_key_file
    return OwnBus(replace(options, program_key=key, process=process), key)


def _wrong(message: str, hint: str) -> StartError:
    return StartError(ErrorCode.CONFIG_INVALID, message, hint=hint)
