"""All contract methods that are called over the bus, with their contracts and rights."""

from collections.abc import Iterator, Mapping
from typing import Final

from micboard_tui.bus.calls.call_rights import RIGHTS
from micboard_tui.bus.calls.greet_call import GREET
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.contracts.services import Services

CONTRACTS: Final[Mapping[str, type]] = {
    name: hints_of(value.fget)["return"]
    for name, value in vars(Services).items()
    if isinstance(value, property)
}
"""The contract of each property of ``Services``."""


def _find_methods() -> Iterator[RemoteMethod]:
    contracts = {contract.__name__: contract for contract in CONTRACTS.values()}
    for title, right in RIGHTS.items():
        contract, _, name = title.partition(".")
        yield RemoteMethod(contracts[contract], name, right)
    yield GREET


METHODS: Final[Mapping[str, RemoteMethod]] = {method.title: method for method in _find_methods()}
"""By "Contract.method"."""
