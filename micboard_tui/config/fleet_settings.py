"""Settings of ``serve`` as a part of a fleet: what this process does, and by which bus."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from micboard_tui.config.attachment import normal_url
from micboard_tui.config.threshold_settings import Section
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


class Fleet(Section):
    """`micboard-tui serve` as a part of a fleet. Left out: it is one rack. Needs the extra fleet."""

    roles: Annotated[str, AfterValidator(_roles)] | None = Field(
        default=None,
        description="What it does: some of hub, collector and api, with commas between them."
        " Left out: all, where fleet.bus is set.",
    )
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = Field(
        default=None, description="The name of this collector. Left out: that of the computer."
    )
    zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        default=None, description="The zone of the devices that this collector reaches."
    )
    bus: Annotated[str, AfterValidator(normal_url)] | None = Field(
        default=None,
        description="The NATS server of the site, as nats://host or tls://host."
        " Left out: the hub starts one of its own.",
    )
    key: Path | None = Field(
        default=None,
        description="The file with the key of the site's programs. For the own server:"
        " left out, program.key in the data directory.",
    )
    ca: Path | None = Field(
        default=None,
        description="The certificate that signed that of tls://, as PEM. Left out: the usual ones.",
    )
    users_file: Path | None = Field(
        default=None,
        description="The file that the configuration of the NATS server includes: the hub writes into it who"
        " may come in.",
    )
    pid_file: Path | None = Field(
        default=None,
        description="The file with the process number of the NATS server, which is told to read it.",
    )
