"""How the API is offered."""

from dataclasses import dataclass

DEFAULT_PORT = 8642


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What one client may ask, by its token or its address."""

    reads_per_second: int = 20
    writes_per_second: int = 10
    commands_per_second: int = 2
    """To devices, which are slow."""
    logins_per_minute: int = 5
    live_connections: int = 8
    """WebSockets and event streams at a time."""


DEFAULT_RATES = RateLimits()


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """What is settled when serving begins."""

    is_loopback: bool = True
    """Whether only this computer can reach it."""
    watch_without_login: bool = True
    """Whether clients without a token may watch: on this computer, or all that can reach the address."""
    is_secure: bool = False
    """Whether it is reached by HTTPS, so that cookies are sent by HTTPS only."""
    proxies: str = ""
    """Addresses and networks of proxies that are believed who asks, and whether by HTTPS."""
    rates: RateLimits = DEFAULT_RATES
    metrics_from: str = ""
    """Addresses and networks, with commas between them, from which metrics are read without a login."""
    is_attached: bool = False
    """Whether other programs read the devices, of which this one hears over the bus."""
    with_micboard: bool = False
    """Whether the addresses of micboard are answered, too."""
