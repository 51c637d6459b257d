"""Settings of the HTTP API."""

from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from micboard_tui.config.output_addresses import split_address
from micboard_tui.config.setting_fields import Section, file_path, text, whole_number, yes_or_no

DEFAULT_LISTEN = "127.0.0.1:8642"


def _address(value: str) -> str:
    split_address(value)
    return value


def _networks(value: str) -> str:
    for each in value.split(","):
        ip_network(each.strip())
    return value


@dataclass(frozen=True, kw_only=True)
class Api(Section):
    """What `micboard-tui serve` offers other programs and browsers. Needs the extra api."""

    listen: str = text(
        DEFAULT_LISTEN,
        "Serve at this host:port; 127.0.0.1 is this computer alone. Another needs TLS.",
        check=_address,
    )
    certificate: Path | None = file_path(
        "The file with the TLS certificate and those that signed it, as PEM."
    )
    key: Path | None = file_path("The file with the key of the certificate, as PEM.")
    without_tls: bool = yes_or_no(
        default=False,
        description="Serve other computers without TLS: passwords and tokens can be read on the network.",
    )
    watch_without_login: bool | None = yes_or_no(
        None, "Whether who has no login may watch. Left out: only from this computer."
    )
    reads_per_second: int = whole_number(
        20, "Answers that one client gets in a second.", least=1, most=10_000
    )
    metrics_from: str | None = text(
        None,
        "Addresses or networks, with commas between them, that read /metrics without a login.",
        check=_networks,
    )
    proxies: str | None = text(
        None,
        "Addresses or networks of proxies that are believed who asks, by X-Forwarded-For.",
        check=_networks,
    )
    live_connections: int = whole_number(
        8, "Live updates that one user or address gets at a time.", least=1, most=400
    )
    micboard: bool = yes_or_no(
        default=False, description="Answer the addresses of micboard, too: /data.json and /ws, to watch."
    )
