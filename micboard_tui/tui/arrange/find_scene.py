"""Which scenes fit what is typed. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.show import ShowProgress, find_scenes

MAX_SUGGESTED = 10


def suggest_scenes(progress: ShowProgress, query: str) -> Sequence[int]:
    """Their positions, what a call would go to first; without a query, the scenes ahead."""
    scenes = progress.show.plot.scenes
    if not (wanted := fold_name(query)):
        first = 0 if progress.scene is None else progress.scene + 1
        return range(first, min(len(scenes), first + MAX_SUGGESTED))
    exact = find_scenes(progress, query)
    begins = [
        position
        for position, scene in enumerate(scenes)
        if any(text is not None and fold_name(text).startswith(wanted) for text in (scene.number, scene.cue))
    ]
    within = [position for position, scene in enumerate(scenes) if wanted in fold_name(scene.name or "")]
    return list(dict.fromkeys([*exact, *begins, *within]))[:MAX_SUGGESTED]
