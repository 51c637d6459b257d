"""What ``serve`` does as a part of a fleet, and which settings do not fit together."""

from pathlib import Path
from typing import Any

import pytest

from micboard_tui.cli.serve_plan import FleetPlan, GivenBus, OwnBus, is_fleet, list_locks, plan_fleet
from micboard_tui.config.api_settings import Api
from micboard_tui.config.bus_settings import Bus
from micboard_tui.config.fleet_settings import Fleet, Role, read_roles
from micboard_tui.config.paths import paths_under
from micboard_tui.config.settings import Settings
from micboard_tui.contracts.errors import ErrorCode, StartError

PATHS = paths_under(Path("/home"))
RECORD = "postgresql://micboard@db/micboard"
BUS, CA, KEY = "tls://rack.local:4222", Path("ca.pem"), Path("program.key")
USERS, PID = Path("users.conf"), Path("nats.pid")
RACK_PEM, RACK_KEY = Path("rack.pem"), Path("rack.key")
ALL = frozenset(Role)


def _plan(
    fleet: dict[str, Any],
    bus: dict[str, Any] | None = None,
    api: dict[str, Any] | None = None,
    record: str | None = RECORD,
) -> FleetPlan:
    sections = {"fleet": Fleet(**fleet), "bus": Bus(**(bus or {})), "api": Api(**(api or {}))}
    return plan_fleet(Settings().model_copy(update={"database_url": record, **sections}), PATHS)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("hub", {Role.HUB}),
        (" Hub , api ", {Role.HUB, Role.API}),
        ("hub,collector,api", ALL),
        ("api,api", {Role.API}),
    ],
)
def test_roles_are_words_with_commas_between_them(text: str, roles: set[Role]) -> None:
    assert read_roles(text) == roles


@pytest.mark.parametrize(
    ("fleet", "reason"),
    [
        ({"roles": "hub,board"}, "should be some of hub,collector,api"),
        ({"roles": ""}, "should be some of hub,collector,api"),
        ({"zone": "Stage left"}, "should be of small letters"),
        ({"bus": "http://rack"}, "should be nats://host"),
        ({"name": ""}, "at least 1"),
    ],
)
def test_values_that_mean_nothing_are_refused(fleet: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fleet.model_validate(fleet)


def test_without_roles_and_bus_it_is_one_rack_as_ever() -> None:
    assert not is_fleet(Fleet())
    assert is_fleet(Fleet(roles="hub"))
    assert is_fleet(Fleet(bus=BUS))


@pytest.mark.parametrize("fleet", [{"zone": "stage"}, {"key": KEY}, {"name": "left"}, {"users_file": USERS}])
def test_what_is_for_a_fleet_alone_is_not_silently_ignored_on_one_rack(fleet: dict[str, Any]) -> None:
    with pytest.raises(StartError, match=f"fleet.{next(iter(fleet))} is for a process of a fleet") as refused:
        is_fleet(Fleet(**fleet))
    assert "--roles" in refused.value.info.hint


def test_with_a_bus_it_has_all_roles_unless_some_are_named() -> None:
    plan = _plan({"bus": BUS, "key": KEY, "ca": CA})
    assert plan.roles == ALL
    assert plan.bus == GivenBus(BUS, KEY, CA)
    assert plan.api is not None
    assert plan.process == "hub"
    assert plan.zone == "main"


def test_a_collector_has_its_name_and_zone_and_serves_nothing() -> None:
    plan = _plan({"roles": "collector", "bus": "rack", "name": "stage left", "zone": "Stage"})
    assert (plan.name, plan.zone, plan.process, plan.api) == ("stage left", "stage", "collector", None)
    assert plan.bus == GivenBus("nats://rack:4222", None, None)


def test_a_collector_is_named_by_its_computer_unless_it_is_named() -> None:
    assert _plan({"roles": "collector", "bus": BUS}).name


def test_a_hub_without_a_bus_starts_a_server_and_has_a_key_for_other_machines() -> None:
    plan = _plan(
        {"roles": "hub,collector"},
        {"listen": "0.0.0.0:4222", "site": "arena"},
        {"certificate": RACK_PEM, "key": RACK_KEY},
    )
    assert isinstance(plan.bus, OwnBus)
    options = plan.bus.options
    assert options.address.certificate == RACK_PEM
    assert plan.bus.key == options.program_key == PATHS.program_key_file
    assert options.subjects.site == plan.subjects.site == "arena"
    named = _plan({"roles": "hub", "key": KEY}).bus
    assert isinstance(named, OwnBus)
    assert named.options.program_key == KEY


def test_the_users_of_another_server_are_written_by_the_hub() -> None:
    plan = _plan({"roles": "hub", "bus": BUS, "key": KEY, "users_file": USERS, "pid_file": PID})
    assert plan.bus == GivenBus(BUS, KEY, None, USERS, PID)


@pytest.mark.parametrize(
    ("fleet", "bus", "reason"),
    [
        ({"roles": "collector"}, {}, "alone needs the bus of the hub"),
        ({"roles": "collector,api"}, {}, "api,collector alone needs the bus"),
        ({"roles": "hub"}, {"enabled": False}, "leaves it out"),
        ({"roles": "hub"}, {"listen": "0.0.0.0:4222"}, "there is no certificate"),
        ({"bus": BUS}, {"listen": "0.0.0.0:4222"}, "for a server of our own"),
        ({"roles": "hub,api", "zone": "stage"}, {}, "A zone is of a collector"),
        ({"bus": "nats://rack", "ca": CA}, {}, "for a bus with TLS"),
        ({"roles": "hub", "ca": CA}, {}, "for a bus with TLS"),
        ({"roles": "hub", "users_file": USERS}, {}, "another program starts"),
        ({"roles": "api", "bus": BUS, "users_file": USERS}, {}, "another program starts"),
        ({"bus": BUS, "users_file": USERS}, {}, "needs fleet.key"),
        ({"bus": BUS, "key": KEY, "pid_file": PID}, {}, "fleet.users_file was written"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    fleet: dict[str, Any], bus: dict[str, Any], reason: str
) -> None:
    with pytest.raises(StartError, match=reason) as refused:
        _plan(fleet, bus)
    assert refused.value.code is ErrorCode.CONFIG_INVALID
    assert refused.value.info.hint


@pytest.mark.parametrize("record", [None, "sqlite:////var/lib/show.db", "sqlite+aiosqlite:///show.db"])
def test_a_database_in_a_file_is_no_record_of_a_fleet(record: str | None) -> None:
    for roles in ("hub", "collector", "collector,api"):
        with pytest.raises(StartError, match="SQLite") as refused:
            _plan({"roles": roles, "bus": BUS}, record=record)
        assert "MICBOARD_DATABASE_URL" in refused.value.info.hint
    assert _plan({"roles": "api", "bus": BUS}, record=record).roles == {Role.API}


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(StartError, match="nats") as refused:
        plan_fleet(Settings(), PATHS, "nats")
    assert "micboard-tui[fleet,postgres,api]" in refused.value.info.hint


def test_one_collector_and_one_hub_run_on_the_same_data_and_any_number_of_apis() -> None:
    assert list_locks(PATHS, frozenset({Role.API})) == []
    assert list_locks(PATHS, frozenset({Role.HUB})) == [(PATHS.hub_lock_file, "hub")]
    # What reads devices itself, as a board or `poll`, holds the same.
    assert list_locks(PATHS, frozenset({Role.COLLECTOR})) == [(PATHS.lock_file, "collector")]
    assert {file for file, _ in list_locks(PATHS, ALL)} == {PATHS.lock_file, PATHS.hub_lock_file}
