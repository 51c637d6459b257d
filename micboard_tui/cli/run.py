"""``run``: the board on your receivers."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from micboard_tui.cli.board_process import Colors, Fps, LowBandwidth, Plain, Theme
from micboard_tui.cli.show_choice import ShowChoice, choose_show

if TYPE_CHECKING:
    from micboard_tui.config.paths import Paths
    from micboard_tui.container import LiveAndClock, Options
    from micboard_tui.contracts.services import Services


def run(
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: LowBandwidth = False,
    plain: Plain = False,
    colors: Colors = "auto",
    show: ShowChoice = None,
) -> None:
    """Open the board on your receivers. The first start offers the demo, a form, and a search.

    `run` may be left out: micboard-tui alone opens the board, and takes the same options.

    With --show that show is the current one; its clock is started on the board. A file is imported first, as
    `show import` does. A show that is on stays where it is.

    micboard-tui run --low-bandwidth

    micboard-tui run --theme light

    micboard-tui run --show romeo.csv
    """
    from dataclasses import replace

    from micboard_tui.cli.board_process import BoardProcess, BoardSource, for_slow_line
    from micboard_tui.cli.context import container_options, exclusive_instance, load_context
    from micboard_tui.cli.demo import demo
    from micboard_tui.config.paths import theme_files
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.tui.board_options import START_DEMO, BoardOptions
    from micboard_tui.tui.terminal.desktop_notices import find_form

    context = load_context()
    paths, board = context.paths, context.settings.board
    options = replace(container_options(context.settings), osc_listen=context.settings.show.osc_listen)
    alarms = context.settings.alarms
    board_options = BoardOptions(
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
    )

    def make_source() -> BoardSource:
        from micboard_tui.container import LiveAndClock

        live_and_clock = LiveAndClock(board.peak_hold_s, options.thresholds)
        return BoardSource(live_and_clock.live, lambda: _open_services(options, paths, live_and_clock))

    process = BoardProcess(
        paths,
        make_source,
        for_slow_line(board_options, low_bandwidth=low_bandwidth),
        log_level=context.settings.log.level,
        mask=options.mask,
        colors=colors,
    )
    with exclusive_instance(context, "run"):
        if show is not None:
            choose_show(show)
        answer = process.run()
    if answer == START_DEMO:
        demo(theme=theme, fps=fps, low_bandwidth=low_bandwidth, plain=plain, colors=colors)


@asynccontextmanager
async def _open_services(
    options: "Options", paths: "Paths", live_and_clock: "LiveAndClock"
) -> "AsyncGenerator[Services]":
    # The container's libraries are loaded after the first paint.
    from micboard_tui.container import open_container

    async with open_container(options, paths, live_and_clock) as container:
        yield container
