"""Settings of the HTTP API."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from micboard_tui.config.output_addresses import split_address
from micboard_tui.config.threshold_settings import Section

DEFAULT_LISTEN = "127.0.0.1:8642"


def _address(value: str) -> str:
    split_address(value)
    return value


def _networks(value: str) -> str:
    for each in value.split(","):
        ip_network(each.strip())
    return value


class Api(Section):
    """What `micboard-tui serve` offers other programs and browsers. Needs the extra api."""

    listen: Annotated[str, AfterValidator(_address)] = Field(
        default=DEFAULT_LISTEN,
        description="Serve at this host:port; 127.0.0.1 is this computer alone. Another needs TLS.",
    )
    certificate: Path | None = Field(
        default=None, description="The file with the TLS certificate and those that signed it, as PEM."
    )
    key: Path | None = Field(default=None, description="The file with the key of the certificate, as PEM.")
    without_tls: bool = Field(
        default=False,
        description="Serve other computers without TLS: passwords and tokens can be read on the network.",
    )
    watch_without_login: bool | None = Field(
        default=None,
        description="Whether who has no login may watch. Left out: only from this computer.",
    )
    reads_per_second: int = Field(
        default=20, ge=1, le=10_000, description="Answers that one client gets in a second."
    )
    metrics_from: Annotated[str, AfterValidator(_networks)] | None = Field(
        default=None,
        description="Addresses or networks, with commas between them, that read /metrics without a login.",
    )
    proxies: Annotated[str, AfterValidator(_networks)] | None = Field(
        default=None,
        description="Addresses or networks of proxies that are believed who asks, by X-Forwarded-For.",
    )
    live_connections: int = Field(
        default=8, ge=1, le=400, description="Live updates that one user or address gets at a time."
    )
    micboard: bool = Field(
        default=False, description="Answer the addresses of micboard, too: /data.json and /ws, to watch."
    )
