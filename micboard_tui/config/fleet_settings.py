"""Settings of ``serve`` as a part of a fleet: what this process does, and by which bus."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from micboard_tui.config.attachment import normal_url
from micboard_tui.config.setting_fields import Section, file_path, text
from micboard_tui.domain.zone import parse_zone

MAX_NAME = 64


class Role(StrEnum):
    """What a process of a fleet does; it may have several."""

    HUB = "hub"
    """Judges, stores and answers for the site; one is active, others wait."""
    COLLECTOR = "collector"
    """Holds the sessions with devices of its zone."""
    API = "api"
    """Serves the HTTP API and the page."""


def read_roles(text: str) -> frozenset[Role]:
    """The roles in ``hub,collector``. Raises ValueError."""
    names = [each.strip().lower() for each in text.split(",")]
    known = {role.value for role in Role}
    if not known.issuperset(names):
        raise ValueError(f"should be some of {','.join(Role)}, with commas between them")
    return frozenset(map(Role, names))


def _roles(text: str) -> str:
    read_roles(text)
    return text


def _zone(text: str) -> str:
    if (zone := parse_zone(text)) is None:
        raise ValueError("should be of small letters, digits, - and _")
    return zone


@dataclass(frozen=True, kw_only=True)
class Fleet(Section):
    """`micboard-tui serve` as a part of a fleet. Left out: it is one rack. Needs the extra fleet."""

    roles: str | None = text(
        None,
        "What it does: some of hub, collector and api, with commas between them."
        " Left out: all, where fleet.bus is set.",
        check=_roles,
    )
    name: str | None = text(
        None, "The name of this collector. Left out: that of the computer.", max_length=MAX_NAME
    )
    zone: str | None = text(None, "The zone of the devices that this collector reaches.", check=_zone)
    bus: str | None = text(
        None,
        "The NATS server of the site, as nats://host or tls://host. Left out: the hub starts one of its own.",
        check=normal_url,
    )
    key: Path | None = file_path(
        "The file with the key of the site's programs. For the own server:"
        " left out, program.key in the data directory."
    )
    ca: Path | None = file_path(
        "The certificate that signed that of tls://, as PEM. Left out: the usual ones."
    )
    users_file: Path | None = file_path(
        "The file that the configuration of the NATS server includes: the hub writes into it who may come in."
    )
    pid_file: Path | None = file_path(
        "The file with the process number of the NATS server, which is told to read it."
    )
