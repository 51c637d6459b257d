"""The app: paints the board at once, opens services behind it, starts a flow or a screen for each key."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.holder_texts import as_waiting
from micboard_tui.contracts.live import LiveContract
from micboard_tui.tui.alarm_signals import AlarmSignals
from micboard_tui.tui.background_services import BackgroundServices, OpenServices
from micboard_tui.tui.board_access import BoardAccess
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.command_palette import alarm_commands, key_commands, theme_commands
from micboard_tui.tui.draw.glyphs import glyphs_for
from micboard_tui.tui.flows.device_request import DeviceRequest
from micboard_tui.tui.flows.flow_starter import NOT_OPEN, FlowStarter
from micboard_tui.tui.flows.keyed_flows import DEVICE_CHANGES
from micboard_tui.tui.flows.user_ports import NO_SELECTION, Notices, Selection
from micboard_tui.tui.flows.view_keeping import ViewKeeper
from micboard_tui.tui.key_bindings import APP_KEYS, bindings_of
from micboard_tui.tui.key_gate import KeyGate
from micboard_tui.tui.key_overrides import build_keymap
from micboard_tui.tui.leaving import LeavableApp
from micboard_tui.tui.line_chosen import LineChosen
from micboard_tui.tui.messages import MessagingApp
from micboard_tui.tui.screen_opener import ScreenOpener
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.dialogs import FirstChoice, FirstStartScreen
from micboard_tui.tui.screens.moment_request import MomentRequested
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.screens.view_switcher import ViewSwitcher
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.terminal.textual_painter import TERMINAL_CHECK_S, Painter
from micboard_tui.tui.theme_switcher import ThemeSwitcher, apply_to_screens
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.channel_board import Board

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.tui.screens.devices_screen import DevicesScreen
    from micboard_tui.tui.screens.search_screen import SearchScreen


class MicboardApp(MessagingApp, LeavableApp):
    """Ends with ``START_DEMO`` when the user asks for the demo, else with None."""

    ENABLE_COMMAND_PALETTE = True
    # Messages stand at the bottom, where a short one covers only the line of keys and no channel.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-roomy")]
    CSS = """
    Toast { padding: 0 1; margin-top: 0; max-width: 100%; width: auto; }
    .-roomy Toast { max-width: 76; }
    ToastRack { overflow-y: hidden; margin-bottom: 0; }
    /* Not every terminal agrees how wide it is. */
    CommandPalette SearchIcon { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(APP_KEYS)

    def __init__(self, live: LiveContract, open_services: OpenServices, options: BoardOptions) -> None:
        super().__init__()
        self.painter = Painter(self, wanted=options.frame_buffer)
        self._key_gate = KeyGate(self, super().on_event, self.report_dropped_input)
        self._live, self._options = live, options
        keymap = build_keymap(options.keys)
        self._notices = Notices(self.notify, keymap)
        self._views = ViewKeeper(options.views, self._notices, options.theme)
        self._themes = ThemeSwitcher(
            options, self._views, self._show_palette, self._notices, has_color=not self.no_color
        )
        self._style = ScreenStyle(self._themes.palette, glyphs_for(options.glyphs), keymap)
        self.begin_with(self._themes.palette.as_textual())
        self._background = BackgroundServices(open_services, self._accept_services, self._leave_with_failure)
        self._readings = ServiceReadings(lambda: self._background.services)
        self._screens = ScreenOpener(self, live, options.log, self._readings)
        access = BoardAccess(live, is_read_only=options.is_read_only)
        self._flows = FlowStarter(self, self._key_gate, self._notices, access, options.operator)
        self._signals = AlarmSignals(live, options, self.write_to_terminal, self.set_timer)
        self._board: BoardScreen | None = None
        self.failure: Exception | None = None
        """Why the services could not be opened; then the app has left by itself."""

    async def run_to_end(self, *, headless: bool = False) -> None:
        """Run, and after the screen is given back say goodbye to the devices.

        Raises whatever made it crash.
        """
        try:
            await self.run_async(headless=headless)
        finally:
            if self._board is not None:
                self._views.save(self._board.views)
            await self._background.close()
        if self.crash is not None:
            raise self.crash

    def on_mount(self) -> None:
        self.set_interval(TERMINAL_CHECK_S, self.leave_without_terminal)
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        self.set_keymap(dict(self._style.keymap.changed))
        self._board = BoardScreen(self._live, self._style, self._options, self._views.load(), self.painter)
        self.push_screen(self._board)
        self._signals.start(self.set_interval)
        self.call_after_refresh(self._background.start)

    def _accept_services(self, services: "Services", error: ErrorInfo | None) -> None:
        """The services are open; ``error`` when no session could be started."""
        if self._board not in self.screen_stack:
            return  # The app was left meanwhile.
        self._flows.open(services, self.board_screen.board.select)
        if error is not None:
            self._notices.report_error(as_waiting(error, self._live.findings.holder))
        if not self._live.snapshot():
            self.push_screen(FirstStartScreen(), self._run_first_choice)

    def _leave_with_failure(self, failure: Exception) -> None:
        self.failure = failure
        self.exit()

    def _run_first_choice(self, choice: FirstChoice | None) -> None:
        """Do what the user chose at the first start."""
        match choice:
            case FirstChoice.DEMO:
                self.action_demo()
            case FirstChoice.ADD:
                self.action_flow("add")
            case FirstChoice.SEARCH:
                self.action_search()
            case None:
                pass

    @property
    def board_screen(self) -> BoardScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, BoardScreen))

    @property
    def _selection(self) -> Selection:
        return self.screen if isinstance(self.screen, Selection) else NO_SELECTION

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._key_gate.take(event)
        else:
            await super().on_event(event)

    def drop_input(self) -> None:
        self._key_gate.drop_held()

    def action_flow(self, name: str) -> None:
        """Start one of ``KEYED_FLOWS`` for what is selected."""
        self._flows.start_keyed(name, self._selection)

    def action_remove(self) -> None:
        self._flows.start_device_dialog(DeviceRequest.REMOVE, self.board_screen.shown_device)

    def on_devices_screen_requested(self, message: "DevicesScreen.Requested") -> None:
        self._flows.start_device_dialog(message.request, message.device)

    def on_search_screen_let_in(self, message: "SearchScreen.LetIn") -> None:
        self._flows.start_dialog(lambda flows: flows.access.let_in(message.device), DEVICE_CHANGES)

    async def on_view_switcher_kept(self, message: ViewSwitcher.Kept) -> None:
        await self._views.save_and_report(message.views, message.message)

    def on_board_chosen(self, message: Board.Chosen) -> None:
        self._screens.open_line(message.ref, self.board_screen.trends, self._style)

    async def on_line_chosen(self, message: LineChosen) -> None:
        """Back to the board past all lists, but past nothing that waits for an answer."""
        while isinstance(screen := self.screen, Selection) and not isinstance(screen, BoardScreen):
            await screen.dismiss(None)
        self._screens.go_to_line(message.ref, self.board_screen, self._style)

    def on_moment_requested(self, message: MomentRequested) -> None:
        self._screens.open_timeline(message, self._style)

    def action_help(self) -> None:
        self._screens.open_help(self._style)

    def action_search(self) -> None:
        if (services := self._background.services) is None:
            self._notices.inform(NOT_OPEN)
        else:
            self._screens.open_search(services.devices, self._style, self._options.operator)

    def action_open(self, name: str) -> None:
        """Open one of ``KEYED_SCREENS`` for what is selected."""
        self._screens.open_keyed(name, self._style, self._selection)

    def action_log(self) -> None:
        self._screens.open_log(self._style)
        self.board_screen.log_seen()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette lists."""
        yield from key_commands(screen, self._style.keymap, self.run_action)
        yield from alarm_commands(screen, self.run_action)
        yield from theme_commands(self._themes.names, self._themes.use)

    def action_redraw(self) -> None:
        """Bring back what another program wrote over."""
        self.painter.redraw()

    def action_mute(self) -> None:
        self._notices.inform(self._signals.mute())
        self.board_screen.show_muted(is_muted=self._signals.is_muted)

    def action_next_theme(self) -> None:
        self._themes.use_next()

    def action_theme(self, name: str) -> None:
        self._themes.use(name)

    def _show_palette(self, palette: Palette) -> None:
        self._style = replace(self._style, palette=palette)
        textual_theme = palette.as_textual()
        self.register_theme(textual_theme)
        self.theme = textual_theme.name
        apply_to_screens(self.screen_stack, palette)
