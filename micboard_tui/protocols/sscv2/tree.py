"""What a device reported, by path: whole resources, changed fields, and lists whose items come and go."""

from collections.abc import Mapping

from micboard_tui.protocols.sscv2.message import Json, children

MAX_RESOURCES = 512
"""More than an EW-DX with four channels or a base station with its packs has."""
MAX_PATH = 128
MAX_WEIGHT = 16 * 1024
"""Characters and values of one resource; a larger one is not kept."""


class Tree:
    """The newest value of every resource.

    ``collections`` maps the path of a list to the field that names its items. Items are kept under
    their own path, ``<list>/<name>``, in whichever form they are sent
    (docs/reference/protocols/sennheiser.md 6.4).
    """

    def __init__(self, collections: Mapping[str, str] | None = None) -> None:
        self._collections = dict(collections or {})
        self._values: dict[str, Json] = {}

    def take(self, path: str, value: Json) -> set[str]:
        """Apply an event; returns the paths it concerns. Fields that it leaves out stay as they were."""
        if (name_field := self._collections.get(path)) is not None:
            return self._take_collection(path, name_field, value)
        if value is None and self._is_item(path):
            self._values.pop(path, None)
        elif isinstance(value, dict) and isinstance(known := self._values.get(path), dict):
            self._keep(path, {**known, **value})
        else:
            self._keep(path, value)
        return {path}

    def replace(self, path: str, value: Json) -> set[str]:
        """Apply the answer to a GET, which is the whole resource; returns the paths it concerns."""
        if path not in self._collections:
            self._values.pop(path, None)
        return self.take(path, value)

    def forget(self, path: str) -> bool:
        """Drop a resource that the device no longer has; returns whether there was one."""
        return self._values.pop(path, None) is not None

    def __contains__(self, path: str) -> bool:
        return path in self._values

    def get(self, path: str) -> Json:
        """A resource; None where the device has not sent it."""
        return self._values.get(path)

    def field(self, path: str, name: str) -> Json:
        """One field of a resource; None where there is none."""
        value = self._values.get(path)
        return value.get(name) if isinstance(value, dict) else None

    def under(self, path: str) -> list[str]:
        """The paths of all resources below ``path``."""
        prefix = f"{path}/"
        return [resource for resource in self._values if resource.startswith(prefix)]

    def items(self, collection: str) -> Mapping[str, Mapping[str, Json]]:
        """The items of a list, by the value of their naming field."""
        prefix = f"{collection}/"
        return {
            path.removeprefix(prefix): value
            for path, value in self._values.items()
            if path.startswith(prefix) and isinstance(value, dict)
        }

    def _take_collection(self, path: str, name_field: str, value: Json) -> set[str]:
        if isinstance(value, dict):
            name = _name_of(value, name_field)
            return self.take(f"{path}/{name}", value) if name else set()
        if not isinstance(value, list):
            return set()
        before = set(self.under(path))
        for item_path in before:
            del self._values[item_path]
        after: set[str] = set()
        for item in value:
            if isinstance(item, dict) and (name := _name_of(item, name_field)):
                after |= self.take(f"{path}/{name}", item)
        return before | after | {path}

    def _is_item(self, path: str) -> bool:
        return path.rpartition("/")[0] in self._collections

    def _keep(self, path: str, value: Json) -> None:
        has_room = path in self._values or (len(self._values) < MAX_RESOURCES and len(path) <= MAX_PATH)
        if has_room and _weigh(value) <= MAX_WEIGHT:
            self._values[path] = value


def _name_of(item: Mapping[str, Json], name_field: str) -> str:
    """The item's name as a part of a path; empty where it has none that can be one."""
    name = item.get(name_field)
    if isinstance(name, bool) or not isinstance(name, int | str):
        return ""
    text = str(name)
    return "" if "/" in text else text


def _weigh(value: Json) -> int:
    weight = 0
    waiting = [value]
    while waiting:
        part = waiting.pop()
        weight += 1 + (len(part) if isinstance(part, str) else 0)
        if isinstance(part, dict):
            weight += sum(map(len, part))
        if weight > MAX_WEIGHT:
            break
        waiting.extend(children(part))
    return weight
