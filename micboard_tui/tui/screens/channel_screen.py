"""Everything about one channel on the whole screen, for terminals without room beside the board."""

from datetime import datetime

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS
from micboard_tui.domain.assignment import PastAssignment
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.domain.units import format_duration
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw import channel_detail, formats
from micboard_tui.tui.draw.bands import Scale
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.forecast_texts import find_outlook
from micboard_tui.tui.draw.next_user import NextUsers
from micboard_tui.tui.draw.trends import SLOTS, Trends
from micboard_tui.tui.help_pages import CHANNEL_HELP
from micboard_tui.tui.key_bindings import CHANNEL_KEY_LINE, CHANNEL_SCREEN_KEYS, CURVES_KEY, bindings_of
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.level_plot import LevelPlot
from micboard_tui.tui.widgets.lines import Lines

REFRESH_S = 0.5
CURVES_FROM_WIDTH, PAGE_WIDTH = 118, 60
RF_SPAN, AUDIO_SPAN = (-110.0, -20.0), (-60.0, 0.0)


class ChannelScreen(Screen[None]):
    DEFAULT_CSS = """
    ChannelScreen { background: $background; }
    ChannelScreen VerticalScroll { scrollbar-size-vertical: 1; }
    ChannelScreen #all { height: 1fr; }
    ChannelScreen #curves { display: none; width: 1fr; }
    ChannelScreen.-wide #curves, ChannelScreen.-curves #curves { display: block; }
    ChannelScreen.-wide #page { width: 60; }
    ChannelScreen.-curves #page { display: none; }
    ChannelScreen #past { height: 9; }
    """
    BINDINGS = bindings_of(CHANNEL_SCREEN_KEYS)
    HELP_PAGE = CHANNEL_HELP

    def __init__(
        self,
        live: LiveContract,
        ref: ChannelRef,
        trends: Trends,
        style: ScreenStyle,
        readings: ServiceReadings,
    ) -> None:
        super().__init__()
        self._trends = trends
        self._live, self._ref, self._palette, self._glyphs = live, ref, style.palette, style.glyphs
        self._readings = readings
        self._past: tuple[PastAssignment, ...] = ()
        self._next_users = NextUsers()
        self._key_line = style.keymap.line(CHANNEL_KEY_LINE)
        self._cells_key = style.keymap.display_id("cells")

    def compose(self) -> ComposeResult:
        channel = self._live.channel(self._ref)
        thresholds = DEFAULT_THRESHOLDS if channel is None else channel.thresholds
        rf_lines = ((thresholds.rf_low_dbm, "warning"), (thresholds.rf_critical_dbm, "critical"))
        audio_lines = ((thresholds.audio_clip_dbfs, "critical"),)
        with Horizontal(id="all"):
            with VerticalScroll(id="page"):
                yield Lines(self._palette, self._glyphs, id="detail")
            with Vertical(id="curves"):
                yield LevelPlot("RF dBm", Scale(*RF_SPAN, rf_lines), self._palette, self._glyphs)
                audio = Scale(*AUDIO_SPAN, audio_lines)
                yield LevelPlot("Audio dBFS, peaks", audio, self._palette, self._glyphs)
                yield Lines(self._palette, self._glyphs, "surface", id="past")
        yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.show_current()
        self.set_interval(REFRESH_S, self.show_current)
        self._read_past()

    @work(exclusive=True, group="past")
    async def _read_past(self) -> None:
        self._past = ()
        self._past = tuple(await self._readings.history(self._ref))
        self.show_current()

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The one that is shown."""
        return [self._ref]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """Its receiver."""
        return [self._ref.device_id]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show the channel as it is after the change."""
        self.show_current()
        if is_open(self):
            self._read_past()

    def show_current(self) -> None:
        """Show the channel as it is now."""
        if not is_open(self):
            return
        state, device = self._live.channel(self._ref), self._live.device(self._ref.device_id)
        if state is None or device is None:
            self.query_one("#detail", Lines).show([[Cell(" This channel is no longer there.", "dim")]])
            return
        trend = self._trends.text(self._ref, SLOTS, self._glyphs)
        judgement = self._live.judge(REFRESH_S)
        page = channel_detail.ChannelPage(
            self._glyphs,
            self._live.now(),
            self._page_width - 1,
            trend,
            judgement.conflicts.get(self._ref, ()),
            judgement.lost_since(self._ref),
            outlook=find_outlook(self._live.findings, self._ref, self._live.now(), self._cells_key),
            next_user=self._next_users.find(self._live.findings.show, state.mic_number),
            past=self._past,
            alarms=self._live.findings.alarms.by_channel.get(self._ref, ()),
            never_reports=self._readings.unreported(device.device),
        )
        shown = page.lines(state, device)
        lines = self.query_one("#detail", Lines)
        if lines.styles.height is None or lines.styles.height.value != len(shown):
            lines.styles.height = len(shown)
        lines.show(shown)
        self._show_curves()
        is_wide = self.has_class("-wide")
        keys = [entry for entry in self._key_line if entry != CURVES_KEY or not is_wide]
        self.query_one(KeyBar).show_keys(keys)

    @property
    def _page_width(self) -> int:
        return PAGE_WIDTH if self.has_class("-wide") else self.size.width

    def _show_curves(self) -> None:
        """The last five minutes, and what the link state was."""
        if not self.query_one("#curves").display:
            return
        for plot, levels in zip(self.query(LevelPlot), self._trends.curves(self._ref), strict=True):
            plot.show_levels(levels)
        now = self._live.now()
        lines = [[Cell(" Link states since the start", "accent")]]
        for change in self._live.history(self._ref):
            at = datetime.fromtimestamp(change.at).astimezone()
            word, tone = LINK_STATE_TEXTS[change.link].name, formats.STATE_TONES[change.link]
            ago = f"{format_duration(now - change.at):>4} ago"
            lines.append([Cell(f" {at:%H:%M:%S} {ago}  ", "dim"), Cell(word, tone)])
        self.query_one("#past", Lines).show(lines)

    def on_resize(self) -> None:
        self.set_class(self.size.width >= CURVES_FROM_WIDTH, "-wide")
        self.set_class(self.has_class("-curves") and not self.has_class("-wide"), "-curves")
        self.show_current()

    def action_curves(self) -> None:
        if not self.has_class("-wide"):
            self.toggle_class("-curves")
            self.show_current()

    def action_neighbour(self, by: int) -> None:
        refs = [state.ref for device in self._live.snapshot() for state in device.channels]
        if self._ref in refs:
            self._ref = refs[(refs.index(self._ref) + by) % len(refs)]
            self._past = ()
            self.show_current()
            self._read_past()

    def action_scroll(self, by: int) -> None:
        self.query_one("#page", VerticalScroll).scroll_relative(y=by, animate=False)
