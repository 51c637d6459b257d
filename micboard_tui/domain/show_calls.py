"""What people and cue software call, as one value: the start, a break, the next scene. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.show import ShowProgress, ShowState, find_scenes
from micboard_tui.domain.show_changes import (
    end_show,
    extend_show,
    go_to_named_scene,
    go_to_scene,
    next_scene,
    pause_show,
    previous_scene,
    resume_show,
    start_break,
    start_show,
    take_back_scene,
)
from micboard_tui.domain.show_clock import format_scene


class ShowAction(StrEnum):
    START = "start"
    """Also after a pause or a break."""
    PAUSE = "pause"
    BREAK = "break"
    END = "end"
    EXTEND = "extend"
    NEXT = "next"
    PREVIOUS = "previous"
    GO = "go"
    TAKE_BACK = "take_back"
    """The last change of the scene."""


class ShowCall(NamedTuple):
    action: ShowAction
    minutes: float = 0.0
    """By how much it is extended; below 0 it is made shorter."""
    scene: str = ""
    """The number, cue or name of the scene to go to."""
    position: int | None = None
    """The position of that scene in the plot, where it is known."""


def answer_call(progress: ShowProgress, call: ShowCall, now: float) -> ShowProgress:
    """What becomes of the show. Raises ShowRefusedError."""
    if call.action is ShowAction.EXTEND:
        return extend_show(progress, call.minutes)
    if call.action is ShowAction.GO:
        if call.position is not None:
            return go_to_scene(progress, call.position, now)
        return go_to_named_scene(progress, call.scene, now)
    return _CHANGES[call.action](progress, now)


def scenes_passed(progress: ShowProgress, call: ShowCall) -> int:
    """How far a call leads from the current scene: 1 is the next one or the one before, 0 nowhere."""
    if call.action is not ShowAction.GO or not (found := find_scenes(progress, call.scene)):
        return 1 if call.action in (ShowAction.NEXT, ShowAction.PREVIOUS) else 0
    return abs(found[0] - (-1 if progress.scene is None else progress.scene))


def describe_call(progress: ShowProgress, call: ShowCall) -> str:
    """What happened, given the progress after it: for toasts, answers and the list of events."""
    name = progress.show.name
    if call.action is ShowAction.START and progress.started_at != progress.position_at:
        return f"{name} goes on"
    if call.action is ShowAction.EXTEND:
        return f"{name}: {abs(call.minutes):g} min {'longer' if call.minutes >= 0 else 'shorter'}"
    what = _WHAT_HAPPENED.get(call.action)
    return describe_scene(progress) if what is None else f"{name}{what}"


def describe_scene(progress: ShowProgress) -> str:
    """The current scene: "Scene 1.5 Tybalt dies"."""
    scene = progress.current_scene
    return "No scene" if scene is None else f"Scene {format_scene(scene)}"


def _start_or_resume(progress: ShowProgress, now: float) -> ShowProgress:
    is_held = progress.state in (ShowState.PAUSED, ShowState.BREAK)
    return resume_show(progress, now) if is_held else start_show(progress, now)


_CHANGES: Mapping[ShowAction, Callable[[ShowProgress, float], ShowProgress]] = {
    ShowAction.START: _start_or_resume,
    ShowAction.PAUSE: pause_show,
    ShowAction.BREAK: start_break,
    ShowAction.END: end_show,
    ShowAction.NEXT: next_scene,
    ShowAction.PREVIOUS: previous_scene,
    ShowAction.TAKE_BACK: take_back_scene,
}
_WHAT_HAPPENED = {
    ShowAction.START: " started",
    ShowAction.PAUSE: " paused",
    ShowAction.BREAK: ": the break began",
    ShowAction.END: " ended",
}
