"""The first values stand on the board as soon as they come, and not only with its next frame."""

from collections.abc import Iterable
from dataclasses import replace

import anyio

from micboard_tui.contracts.live import Changes
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.services.live.state import LiveState
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.terminal.frame_rate import FIRST_LOOKS, FirstLooks
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import OPTIONS, ScriptedRig, device, reports, vocal


class WatchedState(LiveState):
    """Counts how often it is looked at."""

    looks = 0

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        self.looks += 1
        return super().changed_since(version, among)


async def test_until_something_is_known_it_is_looked_for_more_often_than_frames_are_drawn() -> None:
    rig = ScriptedRig({})
    rig.may_open = anyio.Event()
    rig.live = live = WatchedState(rig.clock)
    app = rig.app(replace(OPTIONS, fps=1))
    async with app.run_test(size=(80, 24)):
        live.looks = 0
        await anyio.sleep(0.15)
        assert live.looks >= 4
        live.place([device(1)], [])
        vox = vocal("Lead Vox", 470_400, Battery(percent=90))
        live.take_observations(device(1).id, reports("Rack A", vox))
        await until(lambda: "Lead Vox" in text_of(app))
        rig.may_open.set()


def test_once_it_is_known_a_few_looks_follow_for_what_comes_with_it() -> None:
    looks = FirstLooks()
    assert not any(looks.are_over(is_known=False) for _ in range(1000))
    assert [looks.are_over(is_known=True) for _ in range(FIRST_LOOKS)] == [False] * (FIRST_LOOKS - 1) + [True]


class WatchedApp(MicboardApp):
    """Counts how often all styles are parsed anew."""

    parsed = 0

    def refresh_css(self, animate: bool = True) -> None:
        self.parsed += 1
        super().refresh_css(animate)


async def test_styles_are_parsed_anew_for_another_theme_and_not_for_the_first() -> None:
    rig = ScriptedRig({})
    app = WatchedApp(rig.live, rig.services, OPTIONS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.parsed == 0
        first = app.theme
        assert app.has_class(f"-theme-{first}", "-dark-mode" if app.current_theme.dark else "-light-mode")
        app.action_next_theme()
        await pilot.pause()
        assert app.parsed == 1
        assert app.has_class(f"-theme-{app.theme}")
        assert not app.has_class(f"-theme-{first}")
