"""What stands in the rack and where it would listen, worked out without opening anything."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.near_name import suggest
from micboard_tui.simulator.device.simulated_device import PLAIN
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS, RIGS, SHURE, RackEntry, fill_rack
from micboard_tui.simulator.stage.scenario import DEFAULT, SCENARIOS

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
    port: int | None = None
    """None: the usual one of each protocol; 0: any that is free, another for each device."""
    model: str | None = None
    """All receivers of this model; None: as the rig has them."""
    mode: str | None = None
    """The mode of that model; None: the plain one."""
    rig: str = SHURE
    chargers: int = 0
    """Beside the receivers."""
    locked: tuple[int, ...] = ()
    """Places of devices that let no client in, from 1; the same as in their names."""
    dropped: float = 0.0
    """Share of datagrams that get lost, 0 to 1, where devices speak in datagrams."""
    announced: bool = False
    """Whether devices say on the loopback interface that they exist, as real ones do on theirs."""


@dataclass(frozen=True, slots=True)
class RackDevice:
    """One simulated device, as it would be registered."""

    manufacturer: str
    driver: str
    model: str
    name: str
    location: str
    host: str
    port: int
    channels: int
    user: str | None = None
    secret: str | None = None
    """What lets clients in, where the device asks."""
    fingerprint: str | None = None
    """Of the certificate it shows since it listens, where it has one."""
    mac: str | None = None
    """That it tells, where its protocol has one; known since it listens."""
    mode: str = PLAIN


def plan(options: RackOptions) -> tuple[RackDevice, ...]:
    """What would listen where. Pure. Raises StartError INVALID_VALUE for options that make no rack."""
    _check(options)
    entries = (
        [RackEntry(options.model, options.mode or PLAIN)] * options.receivers
        if options.model is not None
        else fill_rack(options.rig, options.receivers, options.chargers)
    )
    if wrong := [index for index in options.locked if not 1 <= index <= len(entries)]:
        raise _invalid(f"There is no device {wrong[0]} in the rack to lock", f"Use 1 to {len(entries)}")
    hosts = _hosts(options.address, len(entries))
    return tuple(
        _device(index, entry, host, options)
        for index, (entry, host) in enumerate(zip(entries, hosts, strict=True))
    )


def _device(index: int, entry: RackEntry, host: str, options: RackOptions) -> RackDevice:
    blueprint = entry.blueprint
    charger = index - options.receivers + 1
    return RackDevice(
        manufacturer=blueprint.manufacturer,
        driver=blueprint.driver,
        model=entry.model,
        name=f"Rack {index + 1}" if charger < 1 else f"Charger {charger}",
        location=LOCATIONS[index % len(LOCATIONS)],
        host=host,
        port=blueprint.port if options.port is None else options.port,
        channels=entry.channels,
        user=blueprint.user,
        secret=blueprint.secret,
        mode=entry.mode,
    )


def _check(options: RackOptions) -> None:
    if options.scenario not in SCENARIOS:
        hint = suggest(f"Use one of {', '.join(SCENARIOS)}", options.scenario, SCENARIOS)
        raise _invalid(f"There is no scenario '{options.scenario}'", hint)
    if not 1 <= options.receivers <= MAX_RECEIVERS:
        raise _invalid(f"{options.receivers} receivers cannot be simulated", f"Use 1 to {MAX_RECEIVERS}")
    if not 0 <= options.chargers <= MAX_RECEIVERS:
        raise _invalid(f"{options.chargers} chargers cannot be simulated", f"Use 0 to {MAX_RECEIVERS}")
    if options.rig not in RIGS:
        hint = suggest(f"Use one of {', '.join(RIGS)}", options.rig, RIGS)
        raise _invalid(f"There is no rig '{options.rig}'", hint)
    if options.port is not None and not 0 <= options.port <= MAX_PORT:
        raise _invalid(f"There is no port {options.port}", f"Use 1 to {MAX_PORT}, or 0 for any that is free")
    if not 0 <= options.dropped < 1:
        raise _invalid(f"A share of {options.dropped:g} cannot get lost", "Use 0 to 0.99")
    if options.model is not None and options.model not in BLUEPRINTS:
        hint = suggest(f"Use one of {', '.join(BLUEPRINTS)}", options.model, BLUEPRINTS)
        raise _invalid(f"There is no model '{options.model}'", hint)
    _check_mode(options.model, options.mode)


def _check_mode(model: str | None, mode: str | None) -> None:
    if mode is None:
        return
    if model is None:
        raise _invalid(f"The mode '{mode}' is that of a model", "Name the model, too")
    modes = BLUEPRINTS[model].modes
    if mode not in (PLAIN, *modes):
        hint = f"Use {' or '.join(modes)}" if modes else "Leave the mode out"
        raise _invalid(f"{model} has no mode '{mode}'", hint)


def _hosts(address: str, count: int) -> list[str]:
    """Consecutive addresses, without those that end in 0 or 255 and often mean a whole network."""
    try:
        first = IPv4Address(address)
    except AddressValueError as error:
        raise _invalid(
            f"'{address}' is no IPv4 address", "Use one of this machine, such as 127.0.0.2"
        ) from error
    if first.is_multicast or first.is_unspecified:
        raise _invalid(f"'{address}' is not the address of one device", "Use one such as 127.0.0.2")
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
