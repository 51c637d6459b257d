"""The column beside the rows: the selected channel over everything that is open."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.spare import rank_spares
from micboard_tui.domain.units import format_charge
from micboard_tui.tui.arrange.problem_watch import ProblemWatch
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_detail import ChannelPage
from micboard_tui.tui.draw.device_page import device_page
from micboard_tui.tui.draw.forecast_texts import find_outlook
from micboard_tui.tui.draw.formats import channel_name
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.next_user import NextUsers
from micboard_tui.tui.draw.summary import open_problem_lines
from micboard_tui.tui.draw.trends import SLOTS, Trends

WIDTH = 35
OPEN_SHARE = 0.4
"""Of its lines, at most, for what is open."""
SPARE_EVERY_S = 2.0
"""Ranking looks at every channel, and what it says changes slowly."""


class SidePanelKeys(NamedTuple):
    """What to press."""

    next_problem: str
    name: str
    """As for ``device_page``."""
    cells: str


class SidePanel:
    """The lines of the side panel: the known lines of a ``ChannelPage``, and what is open.

    The best spare is remembered for a moment, since ranking costs much.
    """

    def __init__(
        self,
        live: LiveContract,
        watch: ProblemWatch,
        trends: Trends,
        glyphs: Glyphs,
        keys: SidePanelKeys,
    ) -> None:
        self._live, self._watch, self._trends, self._glyphs = live, watch, trends, glyphs
        self._keys = keys
        self._next_users = NextUsers()
        self._spare_of: tuple[ChannelRef | None, float, str] = (None, 0.0, "")

    def channel_lines(
        self,
        state: ChannelState,
        device: DeviceSnapshot,
        states: Mapping[ChannelRef, ChannelState],
        height: int,
    ) -> list[Sequence[Cell]]:
        """``height`` lines: what is known of the channel from the top, what is open of all at the bottom."""
        now = self._live.now()
        page = ChannelPage(
            self._glyphs,
            now,
            WIDTH,
            self._trends.text(state.ref, SLOTS, self._glyphs),
            self._watch.conflicts.get(state.ref, ()),
            self._watch.lost_since.get(state.ref),
            is_brief=True,
            spare=self._spare(state, now),
            next_user=self._next_users.find(self._live.findings.show, state.mic_number),
            outlook=find_outlook(self._live.findings, state.ref, now, self._keys.cells),
            alarms=self._live.findings.alarms.by_channel.get(state.ref, ()),
        )
        return self._over_open_problems(page.lines(state, device), states, height, now)

    def device_lines(
        self, device: DeviceSnapshot, states: Mapping[ChannelRef, ChannelState], height: int
    ) -> list[Sequence[Cell]]:
        """The same of a device itself."""
        now = self._live.now()
        problems = self._watch.device_problems.get(device.device.id, ())
        page = device_page(device, problems, now, WIDTH, self._keys.name)
        return self._over_open_problems(page, states, height, now)

    def _over_open_problems(
        self,
        page: Sequence[Sequence[Cell]],
        states: Mapping[ChannelRef, ChannelState],
        height: int,
        now: float,
    ) -> list[Sequence[Cell]]:
        watch, room = self._watch, int(height * OPEN_SHARE)
        listed = open_problem_lines(
            watch.open_problems(states, room),
            watch.title_of,
            now,
            WIDTH - 1,
            room,
            self._keys.next_problem,
        )
        room = height - len(listed) - 1 if listed else height
        shown = page[:room]
        return [*shown, *([()] * (height - len(listed) - len(shown))), *listed]

    def _spare(self, state: ChannelState, now: float) -> str:
        """What would take over best from a channel that a performer has."""
        if state.performer is None:
            return ""
        ref, at, text = self._spare_of
        if ref != state.ref or not 0 <= now - at < SPARE_EVERY_S:
            best = next(iter(rank_spares(state.ref, self._live.snapshot(), now)), None)
            text = "none"
            if best is not None:
                name = channel_name(best.state, self._title(best.state.device_id))
                ready = "ready" if best.is_ready else "not ready"
                text = f"{name}, {format_charge(best.state.battery)}, {ready}"
            self._spare_of = state.ref, now, text
        return text

    def _title(self, device_id: DeviceId) -> str:
        device = self._live.device(device_id)
        return device.title if device is not None else device_id
