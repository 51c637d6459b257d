"""All properties of a device, a channel or a bay, as frames, and which of them have changed. Pure.

A ``PropertyTable`` remembers for each property the values that were reported last. What changes, by a
command or on the stage, is found by comparing with them: ``changes`` gives the frames of all that is
different and takes it as reported, so each change is reported once, the linked ones included
(docs/reference/protocols/shure.md 1.4, 17). Properties that are metered are left out: they change all the
time and travel in samples. Frames are kept as long as their values are the same, since GET ALL asks for all
of them again and again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from micboard_tui.protocols.shure_strings.codec import encode
from micboard_tui.protocols.shure_strings.messages import Message, Rep
from micboard_tui.simulator.shure.set_values import RefusedError
from micboard_tui.simulator.shure.strings.properties import Key, Property, index_properties

SubjectT = TypeVar("SubjectT")


class PropertyTable(Generic[SubjectT]):
    """``number`` is that of the channel or bay; None: the device itself."""

    def __init__(
        self,
        number: int | None,
        subject: SubjectT,
        properties: Iterable[Property[SubjectT]],
        encode_message: Callable[[Message], bytes] = encode,
    ) -> None:
        self.number = number
        self._encode = encode_message
        self._subject = subject
        self._properties = index_properties(properties)
        self._pushed = [(key, entry) for key, entry in self._properties.items() if not entry.metered]
        self._reported = {key: entry.values(subject) for key, entry in self._pushed}
        self._frames: dict[Key, tuple[tuple[str, ...], bytes]] = {}

    def frame(self, key: Key) -> bytes:
        """The REP with a property as it is now."""
        values = self._properties[key].values(self._subject)
        known = self._frames.get(key)
        if known is not None and known[0] == values:
            return known[1]
        frame = self._encode(Rep(self.number, key[0], values))
        self._frames[key] = values, frame
        return frame

    def changes(self) -> dict[Key, bytes]:
        """Every property that is not as it was reported last; from now on it is."""
        changes: dict[Key, bytes] = {}
        for key, entry in self._pushed:
            values = entry.values(self._subject)
            if values != self._reported[key]:
                self._reported[key] = values
                changes[key] = self.frame(key)
        return changes

    def all(self, only: frozenset[str] | None = None) -> Iterator[bytes]:
        """The answer to GET ALL."""
        for key, entry in self._properties.items():
            if entry.listed and (only is None or entry.name in only):
                yield self.frame(key)

    def get(self, name: str, values: Sequence[str]) -> list[bytes]:
        """The answers to a GET; index 0 behind the property, or none where none is needed, means all."""
        entries = [entry for entry in self._properties.values() if entry.name == name and entry.gettable]
        if not entries:
            raise RefusedError
        if entries[0].second is None:
            wanted = entries if not values else []
        elif tuple(values) == ("0",) or (not values and not entries[0].second_required):
            wanted = entries
        else:
            wanted = [entry for entry in entries if tuple(values) == (entry.second,)]
        if not wanted:
            raise RefusedError
        return [self.frame((name, entry.second)) for entry in wanted]

    def set(self, name: str, values: Sequence[str]) -> Key:
        """Write a property; its key. Raises RefusedError, and then nothing has changed."""
        key: Key = (name, None)
        if key not in self._properties and values:
            key, values = (name, values[0]), values[1:]
        entry = self._properties.get(key)
        if entry is None or entry.write is None:
            raise RefusedError
        entry.write(self._subject, values)
        return key
