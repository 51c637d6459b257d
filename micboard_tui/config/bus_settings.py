"""Settings of the bus that ``serve`` offers to boards."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from micboard_tui.config.attachment import DEFAULT_PORT, DEFAULT_SITE, SITE_PATTERN
from micboard_tui.config.output_addresses import split_address
from micboard_tui.config.threshold_settings import Section

DEFAULT_LISTEN = f"127.0.0.1:{DEFAULT_PORT}"


def _address(value: str) -> str:
    split_address(value)
    return value


class Bus(Section):
    """Boards that attach to `micboard-tui serve`, through a server of its own. Needs the extra fleet."""

    enabled: bool = Field(default=True, description="Let boards attach, where the extra is installed.")
    listen: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None,
        description="Let boards attach at this host:port; another than this computer's needs TLS."
        f" Left out: {DEFAULT_LISTEN}, or another port where that one is taken.",
    )
    certificate: Path | None = Field(
        default=None, description="The file with the TLS certificate, as PEM. Left out: that of the API."
    )
    key: Path | None = Field(default=None, description="The file with the key of the certificate, as PEM.")
    server: Path | None = Field(
        default=None,
        description="The program nats-server, 2.11 or newer. Left out: that of the extra, or of PATH.",
    )
    site: str = Field(
        default=DEFAULT_SITE, pattern=SITE_PATTERN, description="The name of the site on the bus."
    )
