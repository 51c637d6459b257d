"""Everything about one channel on the whole screen, for terminals without room beside the board."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.conflict import conflicts
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui import detail
from micboard_tui.tui.glyph import Glyphs
from micboard_tui.tui.keys import CHANNEL_KEYS
from micboard_tui.tui.row import Cell
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.trend import SLOTS, Trends
from micboard_tui.tui.widgets.lines import Lines

LOOK_EVERY_S = 0.5


class DetailScreen(Screen[None]):
    DEFAULT_CSS = """
    DetailScreen { background: $background; }
    DetailScreen VerticalScroll { scrollbar-size-vertical: 1; }
    """
    BINDINGS = [
        Binding("escape,enter,q", "app.pop_screen", "Back", key_display="Esc"),
        Binding("left,h", "neighbour(-1)", "Previous channel", key_display="←"),
        Binding("right", "neighbour(1)", "Next channel", key_display="→"),
        *CHANNEL_KEYS,
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(
        self, live: LiveContract, ref: ChannelRef, trends: Trends, palette: Palette, glyphs: Glyphs
    ) -> None:
        super().__init__()
        self._trends = trends
        self._live, self._ref, self._palette, self._glyphs = live, ref, palette, glyphs

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Lines(self._palette, self._glyphs, id="detail")
        yield Lines(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.look()
        self.set_interval(LOOK_EVERY_S, self.look)

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The one that is shown."""
        return [self._ref]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """Its receiver."""
        return [self._ref.device_id]

    def done(self) -> None:
        """Show what came of it."""
        self.look()

    def look(self) -> None:
        """Show the channel as it is now."""
        state, device = self._live.channel(self._ref), self._live.device(self._ref.device_id)
        if state is None or device is None:
            self.query_one("#detail", Lines).show([[Cell(" This channel is gone.", "dim")]])
            return
        trend = self._trends.text(self._ref, SLOTS, self._glyphs)
        found = conflicts(each for other in self._live.snapshot() for each in other.channels)
        page = detail.Page(
            self._glyphs, self._live.now(), self.size.width - 1, trend, found.get(self._ref, ())
        )
        shown = page.lines(state, device)
        lines = self.query_one("#detail", Lines)
        if lines.styles.height is None or lines.styles.height.value != len(shown):
            lines.styles.height = len(shown)
        lines.show(shown)
        keys = [Cell(" Esc", "accent"), Cell(" back   ", "dim"), Cell("← →", "accent")]
        keys += [Cell(" other channels   ", "dim"), Cell("↑ ↓", "accent"), Cell(" scroll", "dim")]
        self.query_one("#keys", Lines).show([keys])

    def on_resize(self) -> None:
        self.look()

    def action_neighbour(self, by: int) -> None:
        refs = [state.ref for device in self._live.snapshot() for state in device.channels]
        if self._ref in refs:
            self._ref = refs[(refs.index(self._ref) + by) % len(refs)]
            self.look()

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
