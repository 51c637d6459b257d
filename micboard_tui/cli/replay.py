"""``replay``: plays a recording of the wire through the real drivers and services, on a board or as JSON."""

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.board_process import Colors, Fps, LowBandwidth, Plain, Theme
from micboard_tui.cli.options import Json
from micboard_tui.domain.board_defaults import DEFAULT_FPS, DEFAULT_THEME

if TYPE_CHECKING:
    from micboard_tui.config.paths import Paths
    from micboard_tui.container import LiveAndClock
    from micboard_tui.contracts.services import Services
    from micboard_tui.services.wire.wire_file import WireRecording
    from micboard_tui.services.wire.wire_player import WirePlayer

FOLLOW_S = 0.2
ACTOR = "replay"
"""Who registers what was recorded."""
CONNECT_TIMEOUT_S = 2.0
PLAYED_SECRET = "recorded"  # noqa: S105 - it stands for the one that no recording has


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `record` wrote.")],
    speed: Annotated[float, typer.Option(help="So many times as fast as it was.", min=0.1, max=100.0)] = 1.0,
    as_json: Json = False,
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: LowBandwidth = False,
    plain: Plain = False,
    colors: Colors = "auto",
) -> None:
    """Play a recording on a board.

    Nothing is sent to any device, and nothing is stored.

    The real drivers read the recorded messages. With --json every change of a channel is one line, as
    with `watch`, and it ends with the recording. Times are those of today.

      micboard-tui replay night.wire

      micboard-tui replay night.wire --speed 10 --json
    """
    from micboard_tui.config.paths import make_directories, paths_under
    from micboard_tui.services.wire.wire_player import WirePlayer

    recording = _read(file)
    player = WirePlayer(recording, speed)
    with tempfile.TemporaryDirectory(prefix="micboard-replay-", ignore_cleanup_errors=True) as home:
        paths = paths_under(Path(home))
        make_directories(paths)
        if as_json:
            raise typer.Exit(_print_changes(recording, player, paths))
        _show_board(
            recording, player, paths, theme or DEFAULT_THEME, fps or DEFAULT_FPS, low_bandwidth, plain, colors
        )


def _read(file: Path) -> "WireRecording":
    """Raises StartError INVALID_VALUE."""
    from micboard_tui.contracts.errors import ErrorCode, StartError
    from micboard_tui.services.wire.wire_file import (
        MAX_FILE_BYTES,
        WireFileError,
        WireRecording,
        read_recording,
    )

    hint = "Record one:  micboard-tui record night.wire"
    try:
        is_too_large = file.stat().st_size > MAX_FILE_BYTES
        with file.open(encoding="utf-8", newline="\n") as lines:
            recording = WireRecording() if is_too_large else read_recording(lines)
    except (WireFileError, UnicodeDecodeError) as error:
        reason = "It is no text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise StartError(ErrorCode.INVALID_VALUE, f"{file} cannot be played. {reason}", hint=hint) from error
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror})"
        raise StartError(ErrorCode.INVALID_VALUE, message, hint=hint) from error
    if not recording.devices:
        reason = "is too large" if is_too_large else "has no device"
        raise StartError(ErrorCode.INVALID_VALUE, f"{file} {reason}", hint=hint)
    return recording


@asynccontextmanager
async def _open_played_services(
    recording: "WireRecording",
    player: "WirePlayer",
    paths: "Paths",
    live_and_clock: "LiveAndClock | None" = None,
) -> "AsyncGenerator[Services]":
    """The recorded devices in a fresh database, with the recording in place of the network."""
    from micboard_tui.cli.context import data_of
    from micboard_tui.container import Options, open_container
    from micboard_tui.contracts.ports import SessionOptions
    from micboard_tui.domain.secret import SecretPlace, owner_device

    session = SessionOptions(wire=player, connect_timeout_s=CONNECT_TIMEOUT_S)
    async with open_container(Options(session=session), paths, live_and_clock) as container:
        for device in recording.devices.values():
            registered = data_of(
                await container.devices.register(
                    device.manufacturer,
                    device.host,
                    driver=device.driver,
                    port=device.port,
                    # Without one it is called as it calls itself, once that is played.
                    name=None if device.title == device.host else device.title or None,
                    actor=ACTOR,
                )
            )
            spec = data_of(container.manufacturers.find(device.manufacturer)).drivers[device.driver]
            if spec.secret is not None:
                # Without one the driver would not sign in. It goes nowhere, and not into the user's keyring.
                owner, place = owner_device(registered.id), SecretPlace.FILE
                data_of(await container.secrets.keep(owner, PLAYED_SECRET, place=place, actor=ACTOR))
        data_of(await container.assignments.forget_steps(actor=ACTOR))
        yield container


def _print_changes(recording: "WireRecording", player: "WirePlayer", paths: "Paths") -> int:
    from micboard_tui.cli.context import data_of, run_until_stopped
    from micboard_tui.cli.watch import print_channels
    from micboard_tui.config.logs import log_to_stderr
    from micboard_tui.config.secret_mask import Mask

    log_to_stderr("warning", Mask())

    async def follow() -> int:
        async with _open_played_services(recording, player, paths) as services:
            data_of(await services.synchronization.start())
            async for changes in services.synchronization.follow(FOLLOW_S):
                print_channels(services.live, changes.channels)
                if player.is_over:
                    break
        return 0

    return run_until_stopped(follow)


def _show_board(
    recording: "WireRecording",
    player: "WirePlayer",
    paths: "Paths",
    theme: str,
    fps: int,
    low_bandwidth: bool,
    plain: bool,
    colors: Colors,
) -> None:
    from micboard_tui.cli.board_process import BoardProcess, BoardSource, for_slow_line
    from micboard_tui.config.paths import theme_files
    from micboard_tui.tui.board_options import BoardOptions

    def make_source() -> BoardSource:
        from micboard_tui.container import LiveAndClock

        live_and_clock = LiveAndClock()
        return BoardSource(
            live_and_clock.live, lambda: _open_played_services(recording, player, paths, live_and_clock)
        )

    options = BoardOptions(theme_files(paths), theme, fps, demo=True, frame_buffer=not plain)
    BoardProcess(
        paths,
        make_source,
        for_slow_line(options, low_bandwidth=low_bandwidth),
        colors=colors,
    ).run()
