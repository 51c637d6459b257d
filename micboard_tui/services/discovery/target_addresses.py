"""Which hosts to probe: addresses, host names and networks become hosts, and not too many. Pure."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.field_validation import clean_host

MAX_ADDRESSES = 1024


def expand_targets(targets: Sequence[str]) -> Sequence[str]:
    """Every host that ``targets`` name, each once. Raises MicboardError INVALID_VALUE."""
    hosts: dict[str, None] = {}
    for target in targets:
        for host in _hosts(target):
            hosts[host] = None
            if len(hosts) > MAX_ADDRESSES:
                raise _too_many(", ".join(map(visible, targets)))
    return list(hosts)


def _hosts(target: str) -> Iterator[str]:
    if "/" not in target:
        yield clean_host(target)
        return
    try:
        network = ip_network(target.strip(), strict=False)
    except ValueError as error:
        raise invalid_value_error(
            f"'{visible(target)}' is not a network",
            "Write it like 192.168.1.0/24",
        ) from error
    if network.num_addresses > MAX_ADDRESSES:
        raise _too_many(str(network))
    yield from map(str, network.hosts())


def _too_many(what: str) -> MicboardError:
    return invalid_value_error(
        f"{what} has more than {MAX_ADDRESSES} addresses",
        "Ask for smaller networks one after the other, down from /22",
    )
