"""Settings of the bus that ``serve`` offers to boards."""

from dataclasses import dataclass
from pathlib import Path

from micboard_tui.config.attachment import DEFAULT_PORT, DEFAULT_SITE, SITE_PATTERN
from micboard_tui.config.output_addresses import split_address
from micboard_tui.config.setting_fields import Section, file_path, text, yes_or_no

DEFAULT_LISTEN = f"127.0.0.1:{DEFAULT_PORT}"


def _address(value: str) -> str:
    split_address(value)
    return value


@dataclass(frozen=True, kw_only=True)
class Bus(Section):
    """Boards that attach to `micboard-tui serve`, through a server of its own. Needs the extra fleet."""

    enabled: bool = yes_or_no(default=True, description="Let boards attach, where the extra is installed.")
    listen: str | None = text(
        None,
        "Let boards attach at this host:port; another than this computer's needs TLS."
        f" Left out: {DEFAULT_LISTEN}, or another port where that one is taken.",
        check=_address,
    )
    certificate: Path | None = file_path(
        "The file with the TLS certificate, as PEM. Left out: that of the API."
    )
    key: Path | None = file_path("The file with the key of the certificate, as PEM.")
    server: Path | None = file_path(
        "The program nats-server, 2.11 or newer. Left out: that of the extra, or of PATH."
    )
    site: str = text(DEFAULT_SITE, "The name of the site on the bus.", pattern=SITE_PATTERN)
