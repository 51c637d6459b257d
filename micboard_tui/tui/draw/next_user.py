"""Who has a mic next by the plot of the show. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.mic_number import MicNumberKey, mic_number_key
from micboard_tui.domain.mic_plot import ON_DECK_SCENES, next_users
from micboard_tui.domain.mic_plot_texts import wearers_of
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import ShowProgress, ShowState
from micboard_tui.domain.show_clock import format_scene


class NextUser(NamedTuple):
    text: str
    """ "Tybalt 1.5" """
    sentence: str
    """ "Tybalt in 1.5 A hall, 2 scenes ahead" """
    is_soon: bool
    """The mic is made ready now."""


class NextUsers:
    """Works them out with another progress, and remembers them: a plot may have thousands of entries."""

    def __init__(self) -> None:
        self._progress: ShowProgress | None = None
        self._by_mic: Mapping[MicNumberKey, NextUser] = {}

    def find(self, progress: ShowProgress | None, mic_number: str | None) -> NextUser | None:
        """None: no other person has it any more, or no show is current."""
        if progress is not self._progress:
            self._progress, self._by_mic = progress, _list_next(progress)
        if mic_number is None or not self._by_mic:
            return None
        return self._by_mic.get(mic_number_key(mic_number))

    def of_channels(
        self, progress: ShowProgress | None, states: Mapping[ChannelRef, ChannelState]
    ) -> Mapping[ChannelRef, NextUser]:
        """Of all channels whose mic another person has later."""
        found = ((ref, self.find(progress, state.mic_number)) for ref, state in states.items())
        return {ref: user for ref, user in found if user is not None}


def _list_next(progress: ShowProgress | None) -> Mapping[MicNumberKey, NextUser]:
    if progress is None or progress.state is ShowState.ENDED:
        return {}
    scene = -1 if progress.scene is None else progress.scene
    scenes = progress.show.plot.scenes
    users = {}
    for key, use in next_users(progress.show.plot, scene).items():
        who, ahead = visible(wearers_of(use)), use.scene - scene
        away = "next" if ahead == 1 else f"{ahead} scenes ahead"
        users[key] = NextUser(
            f"{who} {visible(scenes[use.scene].number)}",
            f"{who} in {visible(format_scene(scenes[use.scene]))}, {away}",
            ahead <= ON_DECK_SCENES,
        )
    return users
