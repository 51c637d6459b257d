"""A device behind its HTTP server: which resources it has, and what writing to them does. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.simulator.stage.air import Air

BAD, NOT_FOUND, NOT_ALLOWED, NOT_POSSIBLE = 400, 404, 405, 422


class RefusedError(Exception):
    """The device does not do that; ``status`` is what HTTP says of it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Resources(Protocol):
    """What stands behind the server."""

    warns: bool
    """Whether the device warns of itself."""

    @property
    def user(self) -> str:
        """The user name that is accepted."""
        ...

    @property
    def version(self) -> Json:
        """The versions of its protocol and its schema."""
        ...

    @property
    def airs(self) -> Sequence[Air]:
        """What its channels receive."""
        ...

    @property
    def collections(self) -> Mapping[str, str]:
        """Lists that are sent as a whole once and then item by item, and the field that names an item."""
        ...

    @property
    def paths(self) -> Sequence[str]:
        """All resources, those without a value now too."""
        ...

    def read(self, path: str) -> Json:
        """A resource. Raises RefusedError."""
        ...

    def write(self, path: str, fields: Mapping[str, Json]) -> None:
        """Change some fields. Raises RefusedError, and then nothing has changed."""
        ...

    def knows(self, path: str) -> bool:
        """Whether there is such a resource, even if it has no value now."""
        ...


def items_of(resources: Resources, path: str) -> Iterator[tuple[str, Json]]:
    """What is sent to a subscriber of ``path``: the resource, or each item of a list."""
    try:
        value = resources.read(path)
    except RefusedError:
        return
    item_name = resources.collections.get(path)
    if item_name is None or not isinstance(value, list):
        yield path, value
        return
    for item in value:
        if isinstance(item, dict):
            yield f"{path}/{item[item_name]}", item


def split_index(path: str, prefix: str) -> tuple[int, str] | None:
    """Index and rest of a path below ``prefix``: ``/api/channel/1/level`` is (1, "level")."""
    if not path.startswith(f"{prefix}/"):
        return None
    index, _, rest = path.removeprefix(f"{prefix}/").partition("/")
    return (int(index), rest) if index.isascii() and index.isdigit() else None
