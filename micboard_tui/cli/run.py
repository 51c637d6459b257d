"""``run``: the board on your receivers."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from micboard_tui.cli.attached import AttachTo, Ca, Key
from micboard_tui.cli.board_process import Colors, Fps, LowBandwidth, Plain, Theme
from micboard_tui.cli.show_choice import ShowChoice, choose_show

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.config.paths import Paths
    from micboard_tui.container import LiveAndClock, Options
    from micboard_tui.contracts.services import Services
    from micboard_tui.tui.board_options import BoardOptions


def run(
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: LowBandwidth = False,
    plain: Plain = False,
    colors: Colors = "auto",
    show: ShowChoice = None,
    attach: AttachTo = None,
    key: Key = None,
    ca: Ca = None,
) -> None:
    """Open the board on your receivers. The first start offers the demo, a form, and a search.

    `run` may be left out: micboard-tui alone opens the board, and takes the same options.

    With --show that show is the current one; its clock is started on the board. A file is imported first, as
    `show import` does. A show that is on stays where it is.

    While `serve` runs on this computer the board attaches to it by itself: no device is connected twice. With
    --attach it is the board of a micboard-tui that serves on another computer.

    micboard-tui run --low-bandwidth

    micboard-tui run --show romeo.csv

    micboard-tui run --attach tls://rack --key ada.key --ca rack-ca.pem
    """
    from dataclasses import replace

    from micboard_tui.cli.attached import find_attachment, find_serving
    from micboard_tui.cli.board_process import for_slow_line
    from micboard_tui.cli.context import load_context

    context = load_context()
    options = for_slow_line(_board_options(context, theme, fps, plain=plain), low_bandwidth=low_bandwidth)
    attachment = find_attachment(context, attach, key, ca) or find_serving(context)
    if attachment is None:
        answer = _run_own(context, options, show, colors)
    else:
        options = replace(options, operator=attachment.user)
        answer = _run_attached(context, options, show, colors, attachment)
    if answer is not None:
        from micboard_tui.cli.demo import demo

        demo(theme=theme, fps=fps, low_bandwidth=low_bandwidth, plain=plain, colors=colors)


def _board_options(
    context: "CommandContext", theme: str | None, fps: int | None, *, plain: bool
) -> "BoardOptions":
    from micboard_tui.config.paths import theme_files
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.tui.board_options import BoardOptions
    from micboard_tui.tui.terminal.desktop_notices import find_form

    paths, board, alarms = context.paths, context.settings.board, context.settings.alarms
    return BoardOptions(
        theme_files(paths),
        theme or board.theme,
        fps or board.fps,
        board.glyphs,
        views=ViewFile(paths.views_file),
        frame_buffer=board.frame_buffer and not plain,
        operator=context.operator,
        bell=alarms.bell,
        desktop=find_form(alarms.desktop, os.environ),
        keys=context.settings.keys,
        is_read_only=context.settings.read_only,
    )


def _run_own(
    context: "CommandContext", board_options: "BoardOptions", show: str | None, colors: Colors
) -> str | None:
    """With our own sessions; what the board ended with."""
    from dataclasses import replace

    from micboard_tui.cli.board_process import BoardProcess, BoardSource
    from micboard_tui.cli.context import container_options, exclusive_instance

    board_options = replace(board_options, holds_sessions=True)
    settings = context.settings
    options = replace(container_options(settings), osc_listen=settings.show.osc_listen)

    def make_source() -> BoardSource:
        from micboard_tui.container import LiveAndClock

        live_and_clock = LiveAndClock(settings.board.peak_hold_s, options.thresholds)
        return BoardSource(
            live_and_clock.live, lambda: _open_services(options, context.paths, live_and_clock)
        )

    process = BoardProcess(
        context.paths,
        make_source,
        board_options,
        log_level=settings.log.level,
        mask=options.mask,
        colors=colors,
    )
    with exclusive_instance(context, "run"):
        if show is not None:
            choose_show(show)
        return process.run()


def _run_attached(
    context: "CommandContext",
    board_options: "BoardOptions",
    show: str | None,
    colors: Colors,
    attachment: "Attachment",
) -> str | None:
    """With the sessions of another process; what the board ended with."""
    from micboard_tui.cli.attached import make_console, rate_for
    from micboard_tui.cli.board_process import BoardProcess, BoardSource
    from micboard_tui.config.secret_mask import Mask

    def make_source() -> BoardSource:
        console = make_console(attachment.site, rate_for(board_options.fps))
        return BoardSource(console.live, lambda: console.open(attachment))

    if show is not None:
        choose_show(show, attachment)
    return BoardProcess(
        context.paths,
        make_source,
        board_options,
        log_level=context.settings.log.level,
        mask=Mask(),
        colors=colors,
    ).run()


@asynccontextmanager
async def _open_services(
    options: "Options", paths: "Paths", live_and_clock: "LiveAndClock"
) -> "AsyncGenerator[Services]":
    # The container's libraries are loaded after the first paint.
    from micboard_tui.container import open_container

    async with open_container(options, paths, live_and_clock) as container:
        yield container
