"""What a device has said, by address, and what it refused. Only what was asked for comes here."""

from collections.abc import Iterable

from micboard_tui.manufacturers.sennheiser.ssc.values import bounded, shown
from micboard_tui.protocols.ssc.messages import Code, Value

_NO_VALUE = frozenset({Code.NOT_FOUND, Code.FAILED_DEPENDENCY})


class Words:
    """A value and a refusal replace each other."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._codes: dict[str, int] = {}

    def get(self, address: str) -> Value:
        """The value; None where there is none, or the device said null."""
        return self._values.get(address)

    def has(self, address: str) -> bool:
        """Whether there is a value, null included."""
        return address in self._values

    def code(self, address: str) -> int | None:
        """Why there is no value (docs/reference/protocols/sennheiser.md 1.5)."""
        return self._codes.get(address)

    def put(self, address: str, value: Value) -> bool:
        """Keep a value; whether anything is different now."""
        value = bounded(value)
        refused = self._codes.pop(address, None) is not None
        if not refused and address in self._values and self._values[address] == value:
            return False
        self._values[address] = value
        return True

    def refuse(self, address: str, code: int) -> bool:
        """Keep a refusal; whether anything is different now.

        Only some mean that there is no value: a subscription or a wish may be refused as well.
        """
        if address in self._values and code not in _NO_VALUE:
            return False
        known = self._values.pop(address, None)
        was, self._codes[address] = self._codes.get(address), code
        return known is not None or was != code

    def forget(self, addresses: Iterable[str]) -> None:
        """What is said of a transmitter that has gone is no longer true."""
        for address in addresses:
            self._values.pop(address, None)
            self._codes.pop(address, None)

    def raw(self, addresses: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The vendor's words for those of ``addresses`` that have any, sorted."""
        return tuple(
            sorted(
                (address, shown(self._values[address])) for address in addresses if address in self._values
            )
        )
