"""One run of a server, played by scripts that do what a server should not do."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from micboard_tui.bus.server.bus_server import ServerOptions, open_bus_server
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerAddress, ServerUser
from micboard_tui.bus.server.server_process import (
    MOST_LINES,
    USUAL_LIMITS,
    ClientPlace,
    ProcessLimits,
    ServerEndedError,
    ServerProcess,
    ask_arguments,
    kill_left_behind,
    start_process,
)
from micboard_tui.contracts.errors import ErrorCode, StartError
from tests.fakes.links import until
from tests.fakes.nats_clients import new_key
from tests.fakes.nats_server import HOST, find_program, free_port

pytestmark = pytest.mark.integration
SLEEP = "import signal,sys,time\n{}\nprint('[1] [INF] up', file=sys.stderr, flush=True)\ntime.sleep(60)\n"
SHORT = ProcessLimits(ready=0.3, reload=0.2, end=0.2)
"""For what does not come, and is waited out."""
HUB = ServerUser(new_key()[1], EVERYTHING)


@asynccontextmanager
async def _run(directory: Path, script: str, limits: ProcessLimits = SHORT) -> AsyncGenerator[ServerProcess]:
    program = _write(directory, script)
    process = await start_process(program, directory / "configuration", directory / "pid", limits)
    try:
        yield process
    finally:
        await process.end()


def _write(directory: Path, script: str) -> Path:
    program = directory / "nats-server"
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o755)
    return program


async def test_one_that_takes_no_client_in_time_is_told(tmp_path: Path) -> None:
    async with _run(
        tmp_path, "import sys,time; print('[1] [INF] waiting', file=sys.stderr, flush=True); time.sleep(60)"
    ) as process:
        with pytest.raises(ServerEndedError, match="takes no client"):
            await process.wait_ready(ClientPlace(HOST, free_port()), "rack")


async def test_one_that_has_ended_is_told_with_what_it_wrote_last(tmp_path: Path) -> None:
    script = "import sys; sys.exit('[1] [FTL] no room')"
    async with _run(tmp_path, script, USUAL_LIMITS) as process:
        with pytest.raises(ServerEndedError, match=r"^no room$"):
            await process.wait_ready(ClientPlace(HOST, free_port()), "rack")


async def test_another_program_at_the_port_is_not_taken_for_it(tmp_path: Path) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_name":"other"}\r\n')
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(greet, HOST, 0) as other,
        _run(tmp_path, "import time; time.sleep(60)") as process,
    ):
        with pytest.raises(ServerEndedError, match="takes no client"):
            await process.wait_ready(ClientPlace(HOST, other.sockets[0].getsockname()[1]), "rack")


async def test_one_that_does_not_end_in_order_is_killed(tmp_path: Path) -> None:
    script = SLEEP.format("signal.signal(15, signal.SIG_IGN)")
    with capture_logs() as lines:
        async with _run(tmp_path, script) as process:
            await until(lambda: process.last_output == "up")
    assert "bus_server_killed" in [line["event"] for line in lines]


async def test_one_that_does_not_read_its_configuration_is_told(tmp_path: Path) -> None:
    script = SLEEP.format("signal.signal(1, signal.SIG_IGN)")
    async with _run(tmp_path, script) as process:
        await until(lambda: process.last_output == "up")
        with pytest.raises(ServerEndedError, match="did not read"):
            await process.reload()


async def test_a_flood_of_lines_and_a_line_without_end_fill_no_log(tmp_path: Path) -> None:
    script = SLEEP.format("sys.stderr.write('[1] [ERR] x\\n' * 5000 + 'y' * 300000 + '\\n')")
    with capture_logs() as lines:
        async with _run(tmp_path, script) as process:
            await until(lambda: process.last_output.endswith("up"))
    assert len([line for line in lines if line["event"] == "bus_server"]) == MOST_LINES


async def test_what_is_wrong_is_a_warning_and_all_else_is_not(tmp_path: Path) -> None:
    written = (
        "[9] [INF] Starting",
        "[9] [ERR] 192.0.2.1:9 - cid:5 - authentication error - Nkey UA",
        "[9] 2026/11/30 05:00:00.1 [WRN] Disk is slow",
        "panic: no room",
    )
    script = SLEEP.format("\n".join(f"print({line!r}, file=sys.stderr)" for line in written))
    with capture_logs() as lines:
        async with _run(tmp_path, script) as process:
            await until(lambda: process.last_output.endswith("up"))
    levels = [(line["log_level"], line["line"]) for line in lines if line["event"] == "bus_server"]
    assert levels[:4] == [
        ("debug", "Starting"),
        ("info", "192.0.2.1:9 - cid:5 - authentication error - Nkey UA"),
        ("warning", "Disk is slow"),
        ("warning", "panic: no room"),
    ]


async def test_it_does_not_get_our_settings_and_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICBOARD_SECRETS__SHURE", "hush")
    script = "import os,sys; sys.exit(' '.join(os.environ) or 'nothing')"
    async with _run(tmp_path, script, USUAL_LIMITS) as process:
        await process.wait_ended()
        assert "PATH" in process.last_output
        assert "MICBOARD" not in process.last_output


async def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    program = tmp_path / "nats-server"
    program.write_text("")
    options = ServerOptions(tmp_path / "bus", ServerAddress(HOST, free_port()), program=program)
    with pytest.raises(StartError, match="Permission denied"):
        async with open_bus_server(options, [HUB]):
            pass


async def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    address = ServerAddress(HOST, free_port())
    options = ServerOptions(tmp_path / "file" / "bus", address, program=find_program())
    with pytest.raises(StartError, match="cannot be made") as refused:
        async with open_bus_server(options, [HUB]):
            pass
    assert refused.value.code is ErrorCode.DIRECTORY_NOT_WRITABLE


async def test_one_that_dies_again_and_again_is_tried_later_and_later(tmp_path: Path) -> None:
    key, marker = new_key()[1], tmp_path / "broken"
    breaks = f"if os.path.exists({str(marker)!r}): sys.exit('[1] [FTL] broken')"
    works = f"os.execv({str(find_program())!r}, sys.argv)"
    program = _write(tmp_path, f"import os,sys\n{breaks}\n{works}\n")
    options = ServerOptions(tmp_path / "bus", ServerAddress(HOST, free_port()), program=program)
    with capture_logs() as lines:
        async with open_bus_server(options, [ServerUser(key, EVERYTHING)]) as server:
            marker.touch()
            assert server.pid is not None
            os.kill(server.pid, 9)

            def failures() -> list[object]:
                return [line for line in lines if line["event"] == "bus_server_not_started"]

            await until(lambda: len(failures()) == 2)
            assert server.pid is None
            await server.set_users([HUB])
            marker.unlink()
            await until(lambda: server.pid is not None)
    assert "broken" in str(failures()[0])


@pytest.mark.parametrize("content", [None, "", "x", "1", "0", "-1"])
async def test_a_file_without_a_process_of_ours_ends_none(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "pid").write_text(content)
    assert not await kill_left_behind(tmp_path / "configuration", tmp_path / "pid")


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps")
async def test_a_process_is_known_by_how_it_was_called_on_other_systems_too(tmp_path: Path) -> None:
    async with _run(tmp_path, SLEEP.format("")) as process:
        await until(lambda: process.last_output == "up")
        assert str(tmp_path / "configuration") in await ask_arguments(process.pid)
    assert not await ask_arguments(process.pid)
