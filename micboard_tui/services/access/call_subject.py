"""What a call is about, in words, by its arguments; of no argument but those that are named here."""

from collections.abc import Iterator, Mapping, Sequence

from micboard_tui.contracts.control import PlannedCommand
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId, channel_label

MAX_SUBJECTS = 3
NAMES = ("name", "show", "host")
"""Arguments with names that people gave. Others may hold passwords, keys and whole files."""
NAMELESS = frozenset({"UserContract.log_in"})
"""Methods whose name may be a password that was typed into the wrong field."""


class SubjectFinder:
    """``live`` has the names as they are now; ``stored`` those of what it does not know, by their ids."""

    def __init__(self, live: LiveContract, stored: Mapping[str, str]) -> None:
        self._live, self._stored = live, stored
        self.unknown: set[str] = set()
        """The ids that were looked for and not found."""

    def describe(self, title: str, arguments: Mapping[str, object]) -> str:
        """The devices, channels or names that a call of ``title`` is about; empty: none is known."""
        found = list(dict.fromkeys(self._find(title, arguments)))
        more = f" and {len(found) - MAX_SUBJECTS} more" if len(found) > MAX_SUBJECTS else ""
        return ", ".join(found[:MAX_SUBJECTS]) + more

    def find_title(self, key: str) -> str | None:
        """What a device, performer or location is called now, by its id; None: there is none of this id."""
        if (device := self._live.device(DeviceId(key))) is not None:
            return device.title
        names = {str(each.id): each.name for each in self._live.locations()}
        names |= {str(each.id): each.name for each in self._live.performers()}
        title = names.get(key) or self._stored.get(key)
        if title is None and key:
            self.unknown.add(key)
        return title

    def _find(self, title: str, arguments: Mapping[str, object]) -> Iterator[str]:
        device_id = arguments.get("device_id")
        for place, channel in _planned_in(arguments.get("commands")):
            title_of_place = self.find_title(place) or place
            yield title_of_place if channel is None else channel_label(title_of_place, channel)
        for value in arguments.values():
            for ref in _refs_in(value):
                yield channel_label(self.find_title(ref.device_id) or ref.device_id, ref.number)
        if isinstance(device_id, str):
            command = arguments.get("command")
            number = arguments.get("channel", getattr(command, "channel", None))
            device = self.find_title(device_id) or device_id
            yield channel_label(device, number) if isinstance(number, int) else device
        if title not in NAMELESS:
            yield from (name for key in NAMES if isinstance(name := arguments.get(key), str) and name)


def _planned_in(commands: object) -> Iterator[tuple[str, int | None]]:
    """Where a plan for several channels sends commands to."""
    for planned in commands if isinstance(commands, list | tuple) else ():
        if isinstance(planned, PlannedCommand):
            yield planned.device_id, getattr(planned.command, "channel", None)


def _refs_in(value: object) -> Sequence[ChannelRef]:
    if isinstance(value, ChannelRef):
        return (value,)
    if isinstance(value, list | tuple | frozenset):
        return [each for each in value if isinstance(each, ChannelRef)]
    return ()
