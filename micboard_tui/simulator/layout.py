"""What stands in the rack and where it would listen, worked out without opening anything."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.models import MODELS, channels_of, placed
from micboard_tui.simulator.scenario import DEFAULT, SCENARIOS

MAX_RECEIVERS = 200
MAX_PORT = 65535
LOCATIONS = (
    "Main Stage",
    "Main Stage",
    "Choir",
    "Lectern",
    "B Stage",
    "Band",
    "Choir",
    "Main Stage",
    "Lobby",
    "Chapel",
)
"""Place by place in the rack, and over again."""
_FIRST_HOST, _LAST_HOST = 1, 254


@dataclass(frozen=True, slots=True)
class RackOptions:
    """How the rack is to be."""

    receivers: int = 6
    """1 to 200."""
    scenario: str = DEFAULT
    seed: int = 1
    address: str = "127.0.0.2"
    """Of the first receiver; the others follow it."""
    port: int = 2202
    """0: any that is free, another for each receiver."""
    model: str | None = None
    """All receivers of this model; None: a mixed rack."""


@dataclass(frozen=True, slots=True)
class RackDevice:
    """One simulated device, as somebody would add it to a database."""

    manufacturer: str
    driver: str
    model: str
    name: str
    location: str
    host: str
    port: int
    channels: int


def plan(options: RackOptions) -> tuple[RackDevice, ...]:
    """What would listen where. Pure. Raises StartError INVALID_VALUE for options that make no rack."""
    _check(options)
    hosts = _hosts(options.address, options.receivers)
    return tuple(_device(place, host, options) for place, host in enumerate(hosts))


def _device(place: int, host: str, options: RackOptions) -> RackDevice:
    model, mode = placed(place, options.model)
    return RackDevice(
        manufacturer="shure",
        driver="shure-strings",
        model=model,
        name=f"Rack {place + 1}",
        location=LOCATIONS[place % len(LOCATIONS)],
        host=host,
        port=options.port,
        channels=channels_of(model, mode),
    )


def _check(options: RackOptions) -> None:
    if options.scenario not in SCENARIOS:
        raise _invalid(f"There is no scenario '{options.scenario}'", f"Use one of {', '.join(SCENARIOS)}")
    if not 1 <= options.receivers <= MAX_RECEIVERS:
        raise _invalid(f"{options.receivers} receivers cannot be simulated", f"Use 1 to {MAX_RECEIVERS}")
    if not 0 <= options.port <= MAX_PORT:
        raise _invalid(f"There is no port {options.port}", f"Use 1 to {MAX_PORT}, or 0 for any that is free")
    if options.model is not None and options.model not in MODELS:
        raise _invalid(f"There is no model '{options.model}'", f"Use one of {', '.join(MODELS)}")


def _hosts(address: str, count: int) -> list[str]:
    """Consecutive addresses, without those that end in 0 or 255 and often mean a whole network."""
    try:
        first = IPv4Address(address)
    except AddressValueError as error:
        raise _invalid(
            f"'{address}' is no IPv4 address", "Use one of this machine, such as 127.0.0.2"
        ) from error
    hosts: list[str] = []
    number = int(first)
    while len(hosts) < count:
        if number > int(IPv4Address("255.255.255.254")):
            raise _invalid(f"There are not {count} addresses from {address} on", "Start at 127.0.0.2")
        if not hosts or _FIRST_HOST <= number % 256 <= _LAST_HOST:
            hosts.append(str(IPv4Address(number)))
        number += 1
    return hosts


def _invalid(message: str, hint: str) -> StartError:
    return StartError(ErrorCode.INVALID_VALUE, message, hint=hint)
