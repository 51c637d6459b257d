"""What ``serve init`` writes for the machines of a fleet."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from micboard_tui.cli.fleet_files import (
    ApiFiles,
    FleetPlaces,
    list_paths,
    nats_unit,
    next_steps,
    role_unit,
    settings_text,
)
from micboard_tui.config.fleet_settings import Role

PLACES = FleetPlaces(
    Path("/etc/micboard-tui"),
    Path("/bin/true"),
    Path("/bin/true"),
    "daemon",
    "tls://rack.local:4222",
    "arena",
    has_ca=True,
)
RECORD = 'postgresql://micboard:"$s3cret\\@db/micboard'
API = ApiFiles(Path("/etc/rack.pem"), Path("/etc/rack.key"))


def _settings(role: Role, *, serves_others: bool = True) -> str:
    return settings_text(PLACES, role, RECORD, "stage", serves_others=serves_others)


def test_each_role_has_its_settings_and_no_others() -> None:
    hub, collector, api = map(_settings, Role)
    for role, text in zip(Role, (hub, collector, api), strict=True):
        assert f'MICBOARD_FLEET__ROLES="{role}"\n' in text
        assert 'MICBOARD_FLEET__BUS="tls://rack.local:4222"\n' in text
        assert 'MICBOARD_FLEET__CA="/etc/micboard-tui/ca.pem"\n' in text
        assert 'MICBOARD_BUS__SITE="arena"\n' in text
    assert 'MICBOARD_FLEET__USERS_FILE="/etc/micboard-tui/nats/users.conf"\n' in hub
    assert 'MICBOARD_FLEET__PID_FILE="/etc/micboard-tui/nats/nats-server.pid"\n' in hub
    assert 'MICBOARD_FLEET__ZONE="stage"\n' in collector
    assert "ZONE" not in hub + api
    # It works without the record, and so needs no password of it.
    assert "DATABASE" not in api


def test_a_password_is_written_as_systemd_reads_it() -> None:
    assert 'MICBOARD_DATABASE_URL="postgresql://micboard:\\"\\$s3cret\\\\@db/micboard"\n' in _settings(
        Role.HUB
    )


@pytest.mark.parametrize(("serves_others", "listen"), [(True, "0.0.0.0:8642"), (False, "127.0.0.1:8642")])
def test_the_api_serves_other_machines_by_tls_alone(serves_others: bool, listen: str) -> None:
    text = _settings(Role.API, serves_others=serves_others)
    assert f'MICBOARD_API__LISTEN="{listen}"\n' in text


def test_a_collector_that_stands_still_is_ended_before_others_take_its_devices() -> None:
    assert "WatchdogSec=2\n" in role_unit(PLACES, Role.COLLECTOR, None)


def test_only_the_api_gets_the_certificate_and_only_the_hub_writes_users() -> None:
    units = {role: role_unit(PLACES, role, API) for role in Role}
    assert [role for role, text in units.items() if "LoadCredential=key:" in text] == [Role.API]
    assert [role for role, text in units.items() if "ReadWritePaths=" in text] == [Role.HUB]
    assert all(
        "LoadCredential=program.key:/etc/micboard-tui/program.key\n" in each for each in units.values()
    )
    assert "LoadCredential=key:" not in role_unit(PLACES, Role.API, None)


@pytest.mark.integration
@pytest.mark.skipif(which("systemd-analyze") is None, reason="there is no systemd")
def test_the_units_are_understood_by_systemd(tmp_path: Path) -> None:
    places = PLACES._replace(directory=tmp_path)
    places.units.mkdir()
    places.nats_unit.write_text(nats_unit(places))
    for role in Role:
        places.unit_of(role).write_text(role_unit(places, role, API))
    units = sorted(map(str, places.units.iterdir()))
    verified = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")


def test_what_to_do_next_names_every_file_that_other_machines_need() -> None:
    steps = next_steps(PLACES, API.key)
    for file in (PLACES.key, PLACES.ca, PLACES.settings_of(Role.COLLECTOR), PLACES.unit_of(Role.COLLECTOR)):
        assert str(file) in steps
    assert "chmod 640 /etc/rack.key" in steps
    assert str(PLACES.ca) not in next_steps(PLACES._replace(has_ca=False), None)
    assert PLACES.key not in list_paths(PLACES)
