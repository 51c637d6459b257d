"""What helps where a show cannot follow a call."""

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show_changes import ShowRefusal

_CURES = {
    ShowRefusal.IS_ON: "End it first: micboard-tui show end",
    ShowRefusal.IS_PAUSED: "It goes on with: micboard-tui show start",
    ShowRefusal.IS_IN_BREAK: "The break ends with: micboard-tui show start",
    ShowRefusal.IS_NOT_ON: "Start it first: micboard-tui show start",
    ShowRefusal.HAS_ENDED: "Begin it anew: micboard-tui show use, or o in the run of show",
    ShowRefusal.IS_TOO_LONG: "Plan another end: micboard-tui show change",
    ShowRefusal.BREAK_HAS_NO_END: "It ends with: micboard-tui show start",
    ShowRefusal.NO_SCENES: "Import a mic plot: micboard-tui show import FILE",
    ShowRefusal.NO_SUCH_SCENE: "See all scenes: micboard-tui show plot",
    ShowRefusal.IS_LAST_SCENE: "The show ends with: micboard-tui show end",
    ShowRefusal.IS_FIRST_SCENE: "Go to any scene: micboard-tui show go 1.5",
    ShowRefusal.IS_TOO_LATE: "Go back with: micboard-tui show prev",
}


def show_refused(refusal: ShowRefusal, text: str) -> MicboardError:
    """The error that says why, and what helps."""
    text = visible(text)
    return MicboardError(ErrorCode.SHOW_REFUSED, text[:1].upper() + text[1:], hint=_CURES[refusal])
