"""What stands at each address of a device: its value, or the error that it answered instead."""

from collections.abc import Iterable

from micboard_tui.manufacturers.sennheiser.ssc.values import format_raw, limit_size
from micboard_tui.protocols.ssc.messages import Code, Value

_NO_VALUE = frozenset({Code.NOT_FOUND, Code.FAILED_DEPENDENCY})


class AddressValues:
    """A value and an error replace each other. Only addresses that were asked for come here."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._errors: dict[str, int] = {}

    def get(self, address: str) -> Value:
        """The value; None where there is none, or the device answered null."""
        return self._values.get(address)

    def has(self, address: str) -> bool:
        """Whether there is a value, null included."""
        return address in self._values

    def error(self, address: str) -> int | None:
        """The code of the error in place of a value (docs/reference/protocols/sennheiser.md 1.5)."""
        return self._errors.get(address)

    def set(self, address: str, value: Value) -> bool:
        """Keep a value; whether anything is different now."""
        value = limit_size(value)
        had_error = self._errors.pop(address, None) is not None
        if not had_error and address in self._values and self._values[address] == value:
            return False
        self._values[address] = value
        return True

    def set_error(self, address: str, code: int) -> bool:
        """Keep an error; whether anything is different now.

        Only some errors mean that there is no value: a subscription or a setting may be refused as well.
        """
        if address in self._values and code not in _NO_VALUE:
            return False
        value = self._values.pop(address, None)
        before, self._errors[address] = self._errors.get(address), code
        return value is not None or before != code

    def forget(self, addresses: Iterable[str]) -> None:
        """Drop what is no longer true, as of a transmitter that has gone."""
        for address in addresses:
            self._values.pop(address, None)
            self._errors.pop(address, None)

    def raw(self, addresses: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The vendor's own spelling of those of ``addresses`` that have a value, sorted by address."""
        return tuple(
            sorted(
                (address, format_raw(self._values[address]))
                for address in addresses
                if address in self._values
            )
        )
