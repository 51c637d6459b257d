"""Runs the board in this process: its terminal, its logs, and the signals that end it."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from micboard_tui.cli.own_origin import find_own_origin
from micboard_tui.config.stop_signals import STOP_SIGNALS, exit_code_of
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.contracts.origin import FrontEnd, set_origin
from micboard_tui.domain.board_defaults import MAX_FPS, MIN_FPS, SLOW_FPS

if TYPE_CHECKING:
    from micboard_tui.config.logs import EventMemory
    from micboard_tui.config.paths import Paths
    from micboard_tui.config.secret_mask import Mask
    from micboard_tui.contracts.live import LiveContract
    from micboard_tui.contracts.services import Services
    from micboard_tui.tui.app import MicboardApp
    from micboard_tui.tui.board_options import BoardOptions


def _theme_help() -> str:
    """The themes that are shipped, from their files."""
    from micboard_tui.config.paths import shipped_theme_files
    from micboard_tui.tui.theme_files import list_themes

    return f"The colours: {', '.join(list_themes(shipped_theme_files()))}, or your own theme file."


Theme = Annotated[str | None, typer.Option(help=_theme_help())]
Fps = Annotated[int | None, typer.Option(help="Frames a second.", min=MIN_FPS, max=MAX_FPS)]
LowBandwidth = Annotated[
    bool, typer.Option("--low-bandwidth", help="For a slow line: plain ASCII bars, four frames a second.")
]
Plain = Annotated[
    bool,
    typer.Option("--plain", help="Write whole lines. Slower; for terminals that show something wrong."),
]

ColorChoice = Literal["auto", "truecolor", "256", "16"]
Colors = Annotated[
    ColorChoice, typer.Option(help="How many colours the terminal has; auto: what it reports.")
]
_COLOR_VARIABLE = "TEXTUAL_COLOR_SYSTEM"
_WEB_DRIVER = "textual.drivers.web_driver"
_COLOR_SYSTEMS = {"truecolor": "truecolor", "256": "256", "16": "standard"}


def color_system(choice: ColorChoice, environ: Mapping[str, str]) -> str | None:
    """The name that Textual has for the colours; None: it finds out by itself.

    GNU screen passes COLORTERM on from the terminal around it, and has no 24-bit colour itself.
    """
    if choice == "auto":
        return "256" if environ.get("STY") else None
    return _COLOR_SYSTEMS[choice]


def has_16_colors(system: str | None) -> bool:
    """Whether a terminal has no more; ``system`` is what was chosen for it."""
    from rich.console import Console

    return (system or Console(force_terminal=True).color_system) == "standard"


class BoardSource(NamedTuple):
    """Where a board has all from that it shows and asks for."""

    live: "LiveContract"
    """Shown at once, however empty it still is."""
    open_services: "Callable[[], AbstractAsyncContextManager[Services]]"
    """Called once the first board is painted. Raises what ends the board."""


@dataclass(frozen=True, slots=True)
class BoardProcess:
    """What a board needs of the process that runs it."""

    paths: "Paths"
    make_source: Callable[[], BoardSource]
    options: "BoardOptions"
    log_level: str = "info"
    mask: "Mask | None" = None
    colors: ColorChoice = "auto"

    def run(self) -> str | None:
        """Run the board to its end; what the app ended with.

        Raises StartError NO_TERMINAL where no one could see it or press a key, what its services raise
        when they cannot be opened, and typer.Exit when SIGQUIT ended it.
        """
        _check_terminal()
        set_origin(find_own_origin(FrontEnd.BOARD))
        system = color_system(self.colors, os.environ)
        if system is not None:
            # Textual reads it when it is loaded.
            os.environ[_COLOR_VARIABLE] = system
        _begin_loading()
        from micboard_tui.config.logs import EventMemory, mask_crashes
        from micboard_tui.tui.app import MicboardApp

        source, memory = self.make_source(), EventMemory()

        if self.mask is not None:
            mask_crashes(self.mask)
        options = replace(_for_screen(self.options, system), log=memory)
        app = MicboardApp(source.live, lambda: self._open_services(source, memory), options)
        exit_code = asyncio.run(_run_until_left(app))
        if app.failure is not None:
            raise app.failure
        if exit_code:
            raise typer.Exit(exit_code)
        return app.return_value

    @asynccontextmanager
    async def _open_services(self, source: BoardSource, memory: "EventMemory") -> "AsyncGenerator[Services]":
        from micboard_tui.config.logs import log_to_file

        log_to_file(self.paths.log_file, self.log_level, memory, self.mask)
        async with source.open_services() as services:
            from micboard_tui.services.access.guarded_contracts import let_only_read

            _end_loading()
            yield let_only_read(services) if self.options.is_read_only else services


def _begin_loading() -> None:
    """What is loaded stays to the end, so the garbage collector does not look at it."""
    from micboard_tui.config.lean_loading import load_log_library

    gc.disable()
    load_log_library()


def _end_loading() -> None:
    gc.freeze()
    gc.enable()


def for_slow_line(options: "BoardOptions", *, low_bandwidth: bool) -> "BoardOptions":
    """The options with ASCII bars and few frames, when ``low_bandwidth``."""
    return replace(options, glyphs="ascii", fps=min(options.fps, SLOW_FPS)) if low_bandwidth else options


def for_terminal(options: "BoardOptions") -> "BoardOptions":
    """The options with ASCII bars on a terminal that has no more, unless blocks were chosen."""
    from micboard_tui.cli.standard_streams import stream_encoding

    is_plain = options.glyphs == "auto" and stream_encoding(sys.stderr) == "ascii"
    return replace(options, glyphs="ascii") if is_plain else options


def has_web_driver(environ: Mapping[str, str]) -> bool:
    """Whether textual-serve or textual-web started us: a browser shows the board, and no terminal."""
    return environ.get("TEXTUAL_DRIVER", "").partition(":")[0] == _WEB_DRIVER


def _for_screen(options: "BoardOptions", system: str | None) -> "BoardOptions":
    """The options for the terminal, or for the browser, that shows the board; ``system``: its colours."""
    if has_web_driver(os.environ):
        # It has all colours and characters, and what is written to it goes in packets of Textual's.
        return replace(options, has_16_colors=False, frame_buffer=False)
    return replace(for_terminal(options), has_16_colors=has_16_colors(system))


def forget_exported_size(environ: MutableMapping[str, str]) -> None:
    """Leave out a size of the terminal that a shell exported: Textual would believe it, and draw outside."""
    for name in ("COLUMNS", "LINES"):
        environ.pop(name, None)


def _check_terminal() -> None:
    if not (has_web_driver(os.environ) or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise StartError(
            ErrorCode.NO_TERMINAL,
            "The board needs a terminal for its screen and its keys",
            hint="Start it in one (ssh -t), or use 'micboard-tui poll' or 'micboard-tui watch'",
        )


async def _run_until_left(app: "MicboardApp") -> int:
    """Run the app; the exit code.

    A system that ends the process, or a terminal that goes away, is a request to leave. SIGQUIT is one too:
    the terminal is given back and the devices are left in order, and only the exit code shows it.
    """
    if not has_web_driver(os.environ):
        forget_exported_size(os.environ)
    loop, exit_code = asyncio.get_running_loop(), 0

    def leave(number: int) -> None:
        nonlocal exit_code
        exit_code = exit_code or exit_code_of(number)
        app.exit()

    for number in STOP_SIGNALS:
        try:
            loop.add_signal_handler(number, leave, number)
        except NotImplementedError:
            # The event loop of Windows takes no signals; Python's own handler wakes it up.
            signal.signal(number, lambda taken, _: loop.call_soon_threadsafe(leave, taken))
    await app.run_to_end()
    return exit_code
