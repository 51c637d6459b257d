"""The app: paints the board at once, then opens the services behind it, and leaves cleanly."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from micboard_tui.contracts.device import DeviceChange
from micboard_tui.contracts.errors import ErrorInfo, MicboardError
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.services import Services
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.view import View, parse_view
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.draw.glyphs import glyphs_for
from micboard_tui.tui.flows.access import AccessApp
from micboard_tui.tui.flows.assign import Chooses
from micboard_tui.tui.key_bindings import APP_KEYS, bindings_of
from micboard_tui.tui.keymap import build_keymap
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.channel_screen import DetailScreen
from micboard_tui.tui.screens.chargers_screen import ChargersScreen
from micboard_tui.tui.screens.device_form import DeviceScreen, NewDevice
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import ConfirmScreen, FirstScreen
from micboard_tui.tui.screens.help_screen import HelpScreen
from micboard_tui.tui.screens.log_screen import LogScreen
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.screens.search_screen import SearchScreen
from micboard_tui.tui.service_readings import ServiceReadings, list_manufacturers
from micboard_tui.tui.terminal.textual_painter import Painter
from micboard_tui.tui.themes import Palette, load_palette, theme_names
from micboard_tui.tui.widgets.channel_board import Board
from micboard_tui.tui.widgets.level_plot import LevelPlot
from micboard_tui.tui.widgets.lines import Lines

START_DEMO = "demo"
GOODBYE_TIMEOUT_S = 5.0
COLORLESS = "mono"


class MicboardApp(AccessApp):
    """Ends with ``START_DEMO`` when the user asks for the demo, else with None."""

    ENABLE_COMMAND_PALETTE = True
    # What was done is told in one line beside the channels, not over them.
    CSS = """
    Toast { padding: 0 1; margin-top: 0; max-width: 70%; width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(APP_KEYS)

    def __init__(
        self,
        live: LiveContract,
        open_services: Callable[[], AbstractAsyncContextManager[Services]],
        look: BoardOptions,
    ) -> None:
        super().__init__()
        self.painter = Painter(self, wanted=look.frame_buffer)
        # Without colours only brightness is left, and this theme is made of it.
        plain = self.no_color and COLORLESS in theme_names(look.theme_files)
        self._palette = load_palette(COLORLESS if plain else look.theme, look.theme_files)
        self._live, self._open_services = live, open_services
        self._look, self._glyphs = look, glyphs_for(look.glyphs)
        self._user_keymap = build_keymap(look.keys)
        self._readings = ServiceReadings(lambda: self._services)
        self._services: Services | None = None
        self._asking = asyncio.Lock()
        self._serving: asyncio.Task[None] | None = None
        self._left = asyncio.Event()
        self._views: Mapping[str, View] = {}
        self._warning: str | None = None
        """What there is to know of the device that was added last."""
        self.failure: MicboardError | None = None
        """Why the services could not be opened; then the app has left by itself."""

    async def run_to_end(self, *, headless: bool = False) -> None:
        """Run, and after the screen is given back say goodbye to the devices.

        Raises whatever made it crash.
        """
        try:
            await self.run_async(headless=headless)
        finally:
            self._left.set()
            self._keep_views()
            if self._serving is not None:
                await asyncio.wait({self._serving}, timeout=GOODBYE_TIMEOUT_S)
        if self._exception is not None:
            raise self._exception

    def _fatal_error(self) -> None:
        # Textual's own report shows what stands in every variable, and one of them may be a password:
        # whoever runs the app gets the error, and writes it without secrets.
        self.bell()
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        self._apply_palette(self._palette)
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        self.set_keymap(dict(self._user_keymap.changed))
        board = BoardScreen(self._live, self._style, self._look, self._kept_views(), self.painter)
        self._views = board.views
        self.push_screen(board)
        self.call_after_refresh(self._start_serving)

    def _start_serving(self) -> None:
        self._serving = asyncio.create_task(self._serve(), name="services")

    async def _serve(self) -> None:
        """Hold the services open until the app has left."""
        try:
            async with self._open_services() as services:
                started = await services.synchronization.start()
                if not started.success:
                    self.complain(started.error)
                self._services = services
                if not self._live.snapshot():
                    self._greet()
                await self._left.wait()
        except MicboardError as error:
            self.failure = error
            self.exit()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say it at the edge of the screen. What was said before it is over; a name is no markup."""
        if severity == "information":
            self.clear_notifications()
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def complain(self, error: ErrorInfo) -> None:
        text = visible(f"{error.message}. {error.hint}")
        self.notify(text, title=error.code.value, severity="error", timeout=10, markup=False)

    def open_or_wait(self) -> Services | None:
        if self._services is None:
            self.notify("One moment: the database is being opened.")
        return self._services

    @property
    def board_screen(self) -> BoardScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, BoardScreen))

    def show_channel(self, ref: ChannelRef) -> None:
        self.board_screen.board.select(ref)

    # First steps.

    def _greet(self) -> None:
        def act(choice: str | None) -> None:
            match choice:
                case "demo":
                    self.exit(START_DEMO)
                case "add":
                    self.action_add()
                case "search":
                    self.action_search()
                case _:
                    pass

        self.push_screen(FirstScreen(), act)

    # Actions.

    def on_board_chosen(self, message: Board.Chosen) -> None:
        trends = self.board_screen.trends
        self.push_screen(DetailScreen(self._live, message.ref, trends, self._style, self._readings))

    @property
    def _style(self) -> ScreenStyle:
        return ScreenStyle(self._palette, self._glyphs, self._user_keymap)

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self._style))

    def action_add(self) -> None:
        if services := self.open_or_wait():
            self.push_screen(
                DeviceScreen(self._register_device, list_manufacturers(services.manufacturers)), self._added
            )

    def action_search(self) -> None:
        if services := self.open_or_wait():
            self.push_screen(SearchScreen(services.devices, self._style))

    def action_devices(self) -> None:
        if isinstance(self.screen, DevicesScreen):
            return
        chosen = self.screen.chosen_devices if isinstance(self.screen, Chooses) else ()
        first = next(iter(chosen), None)
        self.push_screen(DevicesScreen(self._live, self._style, self._readings, first))

    def action_chargers(self) -> None:
        if not isinstance(self.screen, ChargersScreen):
            self.push_screen(ChargersScreen(self._live, self._style))

    def action_log(self) -> None:
        if not isinstance(self.screen, LogScreen):
            self.push_screen(LogScreen(self._look.log, self._style))
            self.board_screen.log_seen()

    def on_devices_screen_trust(self, message: DevicesScreen.Trust) -> None:
        self.trust(message.device.device)

    def on_devices_screen_give_secret(self, message: DevicesScreen.GiveSecret) -> None:
        self.give_secret(message.device.device)

    def on_search_screen_added(self, message: SearchScreen.Added) -> None:
        self.let_in(message.device)

    def on_devices_screen_change(self, message: DevicesScreen.Change) -> None:
        if services := self.open_or_wait():
            device = message.device.device
            before = NewDevice(
                device.manufacturer,
                device.host,
                str(device.port),
                device.name or "",
                message.device.location or "",
                device.driver,
            )
            screen = DeviceScreen(
                partial(self._change_device, device), list_manufacturers(services.manufacturers), before
            )
            self.push_screen(screen, self._changed)

    def on_devices_screen_remove(self, message: DevicesScreen.Remove) -> None:
        self._ask_remove(message.device)

    def action_remove(self) -> None:
        if (selected := self.board_screen.selected) is not None:
            self._ask_remove(selected[1])

    def _ask_remove(self, device: DeviceSnapshot) -> None:
        if self.open_or_wait() is None:
            return

        def act(agreed: bool | None) -> None:  # noqa: FBT001 - what the dialog answers
            if agreed:
                self.run_worker(self._remove(device.device), group="remove", exclusive=True)

        question = (
            f"Forget {device.title} and its {len(device.channels)} channels? Nothing changes on the receiver."
        )
        self.push_screen(ConfirmScreen(question), act)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers: everything that a key of the screen does, and the themes by name."""
        told: set[str] = set()
        for node, binding, enabled, _ in screen.active_bindings.values():
            if enabled and binding.show and binding.description not in told:
                told.add(binding.description)
                act = partial(self.run_action, binding.action, node)
                yield SystemCommand(binding.description, f"Key {self._user_keymap.display(binding)}", act)
        for name in theme_names(self._look.theme_files):
            yield SystemCommand(f"Theme {name}", "Other colours", partial(self.action_theme, name))

    # Views.

    def _kept_views(self) -> Mapping[str, View]:
        stored = self._look.views.load() if self._look.views else {}
        return {key: view for key, each in stored.items() if (view := parse_view(each)) is not None}

    def _keep_views(self) -> str | None:
        """Write them down; the reason when that is not possible."""
        if self._look.views is None or not self._views:
            return None
        return self._look.views.save({key: view.as_json() for key, view in self._views.items()})

    async def on_board_screen_kept(self, message: BoardScreen.Kept) -> None:
        # A slow disk must not hold up the board.
        failed = await asyncio.to_thread(self._keep_views)
        self.notify(
            visible(failed or message.message), severity="error" if failed else "information", markup=False
        )

    # Colours.

    def action_redraw(self) -> None:
        """Bring back what something else wrote over."""
        self.painter.redraw()

    def action_next_theme(self) -> None:
        names = list(theme_names(self._look.theme_files))
        place = names.index(self._palette.name) if self._palette.name in names else -1
        self.action_theme(names[(place + 1) % len(names)])

    def action_theme(self, name: str) -> None:
        try:
            palette = load_palette(name, self._look.theme_files)
        except MicboardError as error:
            self.complain(error.info)
            return
        self._apply_palette(palette)
        self.notify(f"Theme {name}. Keep it with board.theme in config.toml.", timeout=4, markup=False)

    def _apply_palette(self, palette: Palette) -> None:
        """Show every screen in these colours."""
        self._palette = palette
        textual = palette.as_textual()
        self.register_theme(textual)
        self.theme = textual.name
        for screen in self.screen_stack:
            for widget in screen.query("Lines, Board, LevelPlot"):
                if isinstance(widget, Lines | Board | LevelPlot):
                    widget.apply_palette(palette)
            if isinstance(screen, DevicesScreen | SearchScreen):
                screen.apply_palette(palette)

    # What the dialogs ask for.

    async def _register_device(self, wanted: NewDevice) -> ServiceResult[Device]:
        services = self._services
        assert services is not None  # noqa: S101 - dialogs open only when the services are there
        result = await services.devices.register(
            wanted.manufacturer,
            wanted.host,
            driver=wanted.driver or None,
            port=int(wanted.port) if wanted.port else None,
            name=wanted.name or None,
            location=wanted.location or None,
        )
        self._warning = result.warning
        return result

    async def _change_device(self, device: Device, wanted: NewDevice) -> ServiceResult[Device]:
        services = self._services
        assert services is not None  # noqa: S101 - dialogs open only when the services are there
        change = DeviceChange(
            name=wanted.name,
            host=wanted.host,
            port=int(wanted.port) if wanted.port else None,
            location=wanted.location,
        )
        return await services.devices.update(device.id, change)

    def _added(self, device: Device | None) -> None:
        if device is not None:
            self.notify(visible(f"Added {device.name or device.host}."), markup=False)
            self.let_in(device, self._warning)

    def _changed(self, device: Device | None) -> None:
        if device is not None:
            self.notify(visible(f"Saved {device.name or device.host}."), markup=False)

    async def _remove(self, device: Device) -> None:
        services = self._services
        assert services is not None  # noqa: S101 - asked for only when the services are there
        result = await services.devices.remove(device.id)
        if not result.success:
            self.complain(result.error)
            return
        self.notify(
            visible(f"Removed {device.name or device.host}. u brings it back."), timeout=8, markup=False
        )
