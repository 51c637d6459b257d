"""What moves a show on: start, pause, break, end, and its scenes. Pure.

    planned --start--> running --pause--> paused --resume--> running
                       running, paused --start_break--> break --resume--> running
                       running, paused, break --end--> ended

Every function returns the next progress, and raises ``ShowRefusedError`` where its state does not allow it.
A scene is changed in any state but *ended*: a rehearsal begins anywhere. ``take_back_scene`` takes that back,
for ``TAKE_BACK_S``. Where the clock of the machine is set, ``move_clock`` moves all moments along.
"""

from dataclasses import replace
from enum import StrEnum

from micboard_tui.domain.show import SceneStep, ShowProgress, ShowState, find_scenes

TAKE_BACK_S = 10.0
"""So long can a change of the scene be taken back."""
MAX_EXTENSION_MIN = 600.0
"""All extensions together, longer or shorter."""

_ON = (ShowState.RUNNING, ShowState.PAUSED, ShowState.BREAK)


class ShowRefusal(StrEnum):
    """Why a call cannot be followed now; its value is the text that people read."""

    IS_ON = "the show is on"
    IS_PAUSED = "the show is paused already"
    IS_IN_BREAK = "a break is on"
    IS_NOT_ON = "the show is not on"
    HAS_ENDED = "the show has ended"
    IS_TOO_LONG = f"a show is extended by at most {MAX_EXTENSION_MIN:.0f} minutes"
    BREAK_HAS_NO_END = "this break was not planned, and has no end to move"
    NO_SCENES = "the show has no scenes"
    NO_SUCH_SCENE = "there is no such scene"
    IS_LAST_SCENE = "this is the last scene"
    IS_FIRST_SCENE = "there is no scene before"
    IS_TOO_LATE = f"a scene can be taken back for {TAKE_BACK_S:.0f} seconds"


class ShowRefusedError(ValueError):
    """What is asked for cannot be done now."""

    def __init__(self, refusal: ShowRefusal, text: str | None = None) -> None:
        super().__init__(text or refusal.value)
        self.refusal = refusal


_STATE_REFUSALS = {
    ShowState.PLANNED: ShowRefusal.IS_NOT_ON,
    ShowState.RUNNING: ShowRefusal.IS_ON,
    ShowState.PAUSED: ShowRefusal.IS_PAUSED,
    ShowState.BREAK: ShowRefusal.IS_IN_BREAK,
    ShowState.ENDED: ShowRefusal.HAS_ENDED,
}


def start_show(progress: ShowProgress, now: float) -> ShowProgress:
    """It begins, with the first scene unless another was chosen."""
    if progress.state is not ShowState.PLANNED:
        raise ShowRefusedError(
            ShowRefusal.HAS_ENDED if progress.state is ShowState.ENDED else ShowRefusal.IS_ON
        )
    scene = progress.scene
    if scene is None and progress.show.plot.scenes:
        scene = 0
    return replace(
        progress,
        state=ShowState.RUNNING,
        started_at=now,
        position_min=0.0,
        position_at=now,
        scene=scene,
        scene_started_at=None if scene is None else now,
        left=None,
    )


def pause_show(progress: ShowProgress, now: float) -> ShowProgress:
    """The clock stands until it is resumed."""
    if progress.state is not ShowState.RUNNING:
        raise ShowRefusedError(_STATE_REFUSALS[progress.state])
    return replace(
        progress, state=ShowState.PAUSED, position_min=progress.position_of_plan(now), position_at=now
    )


def resume_show(progress: ShowProgress, now: float) -> ShowProgress:
    """It goes on after a pause or a break."""
    if progress.state not in (ShowState.PAUSED, ShowState.BREAK):
        raise ShowRefusedError(_STATE_REFUSALS[progress.state])
    return replace(
        progress, state=ShowState.RUNNING, position_at=now, is_break_planned=False, break_extended_min=0.0
    )


def start_break(progress: ShowProgress, now: float) -> ShowProgress:
    """The next planned break begins, early or late; one that is not planned has no known end."""
    if progress.state not in (ShowState.RUNNING, ShowState.PAUSED):
        raise ShowRefusedError(_STATE_REFUSALS[progress.state])
    planned = progress.next_break
    return replace(
        progress,
        state=ShowState.BREAK,
        position_min=progress.position_of_plan(now) if planned is None else planned.end_min,
        position_at=now,
        breaks_taken=progress.breaks_taken + (planned is not None),
        is_break_planned=planned is not None,
        break_extended_min=0.0,
    )


def end_show(progress: ShowProgress, now: float) -> ShowProgress:
    if progress.state not in _ON:
        raise ShowRefusedError(_STATE_REFUSALS[progress.state])
    return replace(
        progress,
        state=ShowState.ENDED,
        ended_at=now,
        position_min=progress.position_of_plan(now),
        position_at=now,
        left=None,
    )


def extend_show(progress: ShowProgress, minutes: float) -> ShowProgress:
    """The break of now, or else what is on, takes so much longer; below 0, shorter. What follows moves."""
    if progress.state not in _ON:
        raise ShowRefusedError(_STATE_REFUSALS[progress.state])
    extended_min = progress.extended_min + minutes
    if not abs(extended_min) <= MAX_EXTENSION_MIN:
        raise ShowRefusedError(ShowRefusal.IS_TOO_LONG)
    if progress.state is not ShowState.BREAK:
        return replace(progress, extended_min=extended_min, position_min=progress.position_min - minutes)
    if not progress.is_break_planned:
        raise ShowRefusedError(ShowRefusal.BREAK_HAS_NO_END)
    break_extended_min = progress.break_extended_min + minutes
    return replace(progress, extended_min=extended_min, break_extended_min=break_extended_min)


def go_to_scene(progress: ShowProgress, scene: int, now: float) -> ShowProgress:
    """The scene at this position of the plot begins."""
    if progress.state is ShowState.ENDED:
        raise ShowRefusedError(ShowRefusal.HAS_ENDED)
    if not 0 <= scene < len(progress.show.plot.scenes):
        raise ShowRefusedError(ShowRefusal.NO_SUCH_SCENE)
    left = SceneStep(progress.scene, progress.scene_started_at, now)
    return replace(progress, scene=scene, scene_started_at=now, left=left)


def next_scene(progress: ShowProgress, now: float) -> ShowProgress:
    scene = 0 if progress.scene is None else progress.scene + 1
    if scene >= len(progress.show.plot.scenes):
        raise ShowRefusedError(ShowRefusal.IS_LAST_SCENE if scene else ShowRefusal.NO_SCENES)
    return go_to_scene(progress, scene, now)


def previous_scene(progress: ShowProgress, now: float) -> ShowProgress:
    if not progress.scene:
        raise ShowRefusedError(ShowRefusal.IS_FIRST_SCENE)
    return go_to_scene(progress, progress.scene - 1, now)


def go_to_named_scene(progress: ShowProgress, text: str, now: float) -> ShowProgress:
    """The scene with this number, cue or name begins."""
    if not (found := find_scenes(progress, text)):
        raise ShowRefusedError(ShowRefusal.NO_SUCH_SCENE, f"there is no scene '{text}'")
    return go_to_scene(progress, found[0], now)


def take_back_scene(progress: ShowProgress, now: float) -> ShowProgress:
    """The scene before the last change of it goes on as if nothing had been."""
    left = progress.left
    if left is None or now - left.left_at > TAKE_BACK_S:
        raise ShowRefusedError(ShowRefusal.IS_TOO_LATE)
    return replace(progress, scene=left.scene, scene_started_at=left.scene_started_at, left=None)


def move_clock(progress: ShowProgress, jump_s: float) -> ShowProgress:
    """The same progress after the clock of the machine was set ahead by ``jump_s``, or back."""

    def move(moment: float | None) -> float | None:
        return None if moment is None else moment + jump_s

    left = progress.left
    return replace(
        progress,
        started_at=move(progress.started_at),
        ended_at=move(progress.ended_at),
        position_at=move(progress.position_at),
        scene_started_at=move(progress.scene_started_at),
        left=None
        if left is None
        else SceneStep(left.scene, move(left.scene_started_at), left.left_at + jump_s),
    )
