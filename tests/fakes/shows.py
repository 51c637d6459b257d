"""Shows in memory; ``InMemoryAssignments`` changes them by steps. The same tests hold for the database."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.contracts.show import CurrentShow, ProgressChange
from micboard_tui.domain.identity import ShowId
from micboard_tui.domain.show import ShowRecord, find_scene_again


class InMemoryShows:
    """Implements ``ShowRepository``."""

    def __init__(self) -> None:
        self.kept: dict[ShowId, ShowRecord] = {}
        self._current: CurrentShow | None = None

    async def shows(self) -> Sequence[ShowRecord]:
        return list(self.kept.values())

    async def current(self) -> CurrentShow | None:
        current = self._current
        if current is None or (record := self.kept.get(current.id)) is None:
            return None
        progress = current.progress
        if record.show == progress.show:
            return current
        scene = progress.current_scene and find_scene_again(
            record.show.plot, progress.scene or 0, progress.current_scene
        )
        started_at = None if scene is None else progress.scene_started_at
        changed = replace(progress, show=record.show, scene=scene, scene_started_at=started_at)
        return current._replace(progress=changed)

    async def change_current(self, change: ProgressChange) -> CurrentShow | None:
        self._current = change(await self.current())
        return self._current
