"""What ``serve init`` writes for systemd: units, and the settings of each role. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from micboard_tui.config.fleet_settings import Role

NATS_UNIT = "micboard-nats.service"
WATCHDOG_S: Mapping[Role, int] = {Role.HUB: 10, Role.COLLECTOR: 2, Role.API: 10}
"""A collector that stands still is ended, and its connections with it, before others take its devices."""
_TITLES: Mapping[Role, str] = {
    Role.HUB: "judges, stores and answers for the site",
    Role.COLLECTOR: "reads wireless microphones",
    Role.API: "serves the page and the HTTP API",
}
_HARDENING = """\
# It talks to devices, browsers, the bus and the database, and needs nothing else of this machine.
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateMounts=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
"""


class FleetPlaces(NamedTuple):
    """Where everything is on the machines, and under which user it runs."""

    directory: Path
    """On each of them."""
    program: Path
    """micboard-tui itself."""
    server: Path
    """The program nats-server."""
    user: str
    url: str
    """Where all of them find the bus."""
    site: str
    has_ca: bool
    """Whether there is a file with what signed the certificate."""

    @property
    def nats(self) -> Path:
        """The files of the NATS server."""
        return self.directory / "nats"

    @property
    def configuration(self) -> Path:
        return self.nats / "nats-server.conf"

    @property
    def users_file(self) -> Path:
        return self.nats / "users.conf"

    @property
    def pid_file(self) -> Path:
        return self.nats / "nats-server.pid"

    @property
    def key(self) -> Path:
        """What lets programs in."""
        return self.directory / "program.key"

    @property
    def ca(self) -> Path:
        return self.directory / "ca.pem"

    @property
    def units(self) -> Path:
        return self.directory / "systemd"

    @property
    def nats_unit(self) -> Path:
        return self.units / NATS_UNIT

    def settings_of(self, role: Role) -> Path:
        return self.directory / f"{role}.env"

    def unit_of(self, role: Role) -> Path:
        return self.units / f"micboard-{role}.service"


class ApiFiles(NamedTuple):
    """By which certificate the API is served."""

    certificate: Path
    key: Path


def list_paths(places: FleetPlaces) -> Sequence[Path]:
    """All files but the key."""
    ca = (places.ca,) if places.has_ca else ()
    roles = [file for role in Role for file in (places.settings_of(role), places.unit_of(role))]
    return (places.configuration, places.users_file, places.nats_unit, *ca, *roles)


def settings_text(
    places: FleetPlaces, role: Role, database_url: str, zone: str, *, serves_others: bool
) -> str:
    """The settings of a role, as variables of its environment."""
    values = {"MICBOARD_FLEET__ROLES": str(role), "MICBOARD_FLEET__BUS": places.url}
    if places.has_ca:
        values["MICBOARD_FLEET__CA"] = str(places.ca)
    values["MICBOARD_BUS__SITE"] = places.site
    if role is not Role.API:
        values["MICBOARD_DATABASE_URL"] = database_url
    match role:
        case Role.HUB:
            values["MICBOARD_FLEET__USERS_FILE"] = str(places.users_file)
            values["MICBOARD_FLEET__PID_FILE"] = str(places.pid_file)
        case Role.COLLECTOR:
            values["MICBOARD_FLEET__ZONE"] = zone
        case Role.API:
            values["MICBOARD_API__LISTEN"] = "0.0.0.0:8642" if serves_others else "127.0.0.1:8642"
    lines = [f"# Settings of {places.unit_of(role).name}, which systemd reads. Only root needs to see them."]
    lines += [f"{name}={_escaped(value)}" for name, value in values.items()]
    if role is Role.COLLECTOR:
        lines += [
            "# The name of this collector; left out, that of the machine.",
            "#MICBOARD_FLEET__NAME=left",
        ]
    return "\n".join(lines) + "\n"


def nats_unit(places: FleetPlaces) -> str:
    """The unit of the NATS server."""
    return f"""\
# The NATS server of the site. Written by `micboard-tui serve init`.
[Unit]
Description=NATS server of micboard-tui
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={places.server} --config {places.configuration}
ExecReload=/bin/kill -HUP $MAINPID
KillSignal=SIGINT
Restart=always
RestartSec=1
# The hub, which runs as the same user, writes who may come in, and has it read that.
User={places.user}
ReadWritePaths={places.nats}

{_HARDENING}
MemoryMax=1G
LimitNOFILE=8192

[Install]
WantedBy=multi-user.target
"""


def role_unit(places: FleetPlaces, role: Role, api: ApiFiles | None) -> str:
    """The unit of a role. ``api``: None: it is not served by TLS."""
    home = f"micboard-{role}"
    credentials, environment = [f"LoadCredential=program.key:{places.key}"], []
    if role is Role.API and api is not None:
        credentials += [f"LoadCredential=certificate:{api.certificate}", f"LoadCredential=key:{api.key}"]
        environment += [
            "Environment=MICBOARD_API__CERTIFICATE=%d/certificate",
            "Environment=MICBOARD_API__KEY=%d/key",
        ]
    writes = [f"ReadWritePaths={places.nats}"] if role is Role.HUB else []
    return f"""\
# Written by `micboard-tui serve init`.
[Unit]
Description=micboard-tui {role}: {_TITLES[role]}
Wants=network-online.target
After=network-online.target {NATS_UNIT}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={places.program} serve
Restart=always
RestartSec=2
# A sign of life comes while the event loop turns.
WatchdogSec={WATCHDOG_S[role]}
TimeoutStartSec=120
TimeoutStopSec=15

EnvironmentFile={places.settings_of(role)}
Environment=MICBOARD_HOME=/var/lib/{home}
Environment=MICBOARD_FLEET__KEY=%d/program.key
{_lines(environment)}\
# Only root reads these; the service gets copies that no other one sees.
{_lines(credentials)}
User={places.user}
StateDirectory={home}
StateDirectoryMode=0700
{_lines(writes)}
{_HARDENING}
MemoryMax=1G
TasksMax=64
LimitNOFILE=8192

[Install]
WantedBy=multi-user.target
"""


def next_steps(places: FleetPlaces, certificate_key: Path | None) -> str:
    """What the engineer does next."""
    user, directory = places.user, places.directory
    readable = (
        f"\n  # The server of the bus reads the key of its certificate.\n  chgrp {user} {certificate_key}"
        f" && chmod 640 {certificate_key}"
        if certificate_key is not None
        else ""
    )
    shared = " ".join(
        str(each)
        for each in (
            places.key,
            *((places.ca,) if places.has_ca else ()),
            places.settings_of(Role.COLLECTOR),
        )
    )
    return f"""\
On this machine, as root:
  useradd --system --home-dir /var/lib/micboard-hub --shell /usr/sbin/nologin {user}
  chown -R {user}: {places.nats}{readable}
  cp {places.units}/*.service /etc/systemd/system/ && systemctl daemon-reload
  systemctl enable --now {NATS_UNIT} micboard-hub micboard-api
  systemctl enable --now micboard-collector     # if it reads devices, too

On each other machine that reads devices, with micboard-tui at {places.program}:
  useradd --system --home-dir /var/lib/micboard-collector --shell /usr/sbin/nologin {user}
  install -d {directory}
  copy {shared}
    to {directory}, for root alone
  copy {places.unit_of(Role.COLLECTOR)} to /etc/systemd/system
  # Set MICBOARD_FLEET__ZONE in {places.settings_of(Role.COLLECTOR).name} where it reaches other devices.
  systemctl daemon-reload && systemctl enable --now micboard-collector

{places.key} lets in whoever has it, with all rights. Copy it by a way that nobody reads."""


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _escaped(value: str) -> str:
    """As systemd reads it between double quotes."""
    for character in '\\"$`':
        value = value.replace(character, f"\\{character}")
    return f'"{value}"'
