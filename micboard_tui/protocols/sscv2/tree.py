"""All that a device has told, by path: whole resources, changed fields, and lists whose items come and go."""

from collections.abc import Mapping

from micboard_tui.protocols.sscv2.message import Json, children

MAX_RESOURCES = 512
"""More than an EW-DX with four channels or a base station with its packs has."""
MAX_PATH = 128
MAX_WEIGHT = 16 * 1024
"""Characters and values of one resource; what is heavier is not kept."""


class Tree:
    """The newest word on every resource.

    ``collections`` maps the path of a list to the field that names its items. Items are kept under
    their own path, ``<list>/<name>``, whichever way they are told (docs/reference/protocols/sennheiser.md
    6.4).
    """

    def __init__(self, collections: Mapping[str, str] | None = None) -> None:
        self._collections = dict(collections or {})
        self._values: dict[str, Json] = {}

    def take(self, path: str, value: Json) -> set[str]:
        """Believe an event; the paths that it speaks of. Fields that it leaves out stay as they were."""
        if (named_by := self._collections.get(path)) is not None:
            return self._take_collection(path, named_by, value)
        listed = self._is_item(path)
        if listed and value is None:
            self._values.pop(path, None)
        elif isinstance(value, dict) and isinstance(known := self._values.get(path), dict):
            self._keep(path, {**known, **value})
        else:
            self._keep(path, value)
        return {path}

    def replace(self, path: str, value: Json) -> set[str]:
        """Believe the answer to a GET, which is the whole resource."""
        if path not in self._collections:
            self._values.pop(path, None)
        return self.take(path, value)

    def forget(self, path: str) -> bool:
        """Drop a resource that the device has no more; whether there was one."""
        return self._values.pop(path, None) is not None

    def __contains__(self, path: str) -> bool:
        return path in self._values

    def get(self, path: str) -> Json:
        """A resource; None where the device has not told it."""
        return self._values.get(path)

    def field(self, path: str, name: str) -> Json:
        """One field of a resource; None where there is none."""
        value = self._values.get(path)
        return value.get(name) if isinstance(value, dict) else None

    def under(self, path: str) -> list[str]:
        """The resources below a path."""
        return [each for each in self._values if each.startswith(f"{path}/")]

    def items(self, collection: str) -> Mapping[str, Mapping[str, Json]]:
        """The items of a list, by name."""
        prefix = f"{collection}/"
        return {
            path.removeprefix(prefix): value
            for path, value in self._values.items()
            if path.startswith(prefix) and isinstance(value, dict)
        }

    def _take_collection(self, path: str, named_by: str, value: Json) -> set[str]:
        if isinstance(value, dict):
            name = _name(value, named_by)
            return self.take(f"{path}/{name}", value) if name else set()
        if not isinstance(value, list):
            return set()
        before = set(self.under(path))
        for each in before:
            del self._values[each]
        now: set[str] = set()
        for each_value in value:
            if isinstance(each_value, dict) and (name := _name(each_value, named_by)):
                now |= self.take(f"{path}/{name}", each_value)
        return before | now | {path}

    def _is_item(self, path: str) -> bool:
        return path.rpartition("/")[0] in self._collections

    def _keep(self, path: str, value: Json) -> None:
        has_room = path in self._values or (len(self._values) < MAX_RESOURCES and len(path) <= MAX_PATH)
        if has_room and _weight(value) <= MAX_WEIGHT:
            self._values[path] = value


def _name(item: Mapping[str, Json], named_by: str) -> str:
    name = item.get(named_by)
    if isinstance(name, bool) or not isinstance(name, int | str):
        return ""
    text = str(name)
    return "" if "/" in text else text


def _weight(value: Json) -> int:
    weight = 0
    waiting = [value]
    while waiting:
        each = waiting.pop()
        weight += 1 + (len(each) if isinstance(each, str) else 0)
        if isinstance(each, dict):
            weight += sum(map(len, each))
        if weight > MAX_WEIGHT:
            break
        waiting.extend(children(each))
    return weight
