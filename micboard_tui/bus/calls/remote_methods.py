"""All contract methods that are called over the bus, with their contracts and rights."""

from collections.abc import Iterator, Mapping
from typing import Final

from micboard_tui.bus.calls.greet_call import GREET
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.contracts.call_rights import RIGHTS
from micboard_tui.contracts.services import CONTRACTS


def _find_methods() -> Iterator[RemoteMethod]:
    contracts = {contract.__name__: contract for contract in CONTRACTS.values()}
    for title, right in RIGHTS.items():
        contract, _, name = title.partition(".")
        yield RemoteMethod(contracts[contract], name, right)
    yield GREET


METHODS: Final[Mapping[str, RemoteMethod]] = {method.title: method for method in _find_methods()}
"""By "Contract.method"."""
