"""A program that becomes each of its commands by a fork, with the streams that it was started with.

Arguments: a file for the exit codes, one a line, and the commands. After each of them a zero byte is written
to the output and to the error where these are pipes.
"""

import gc
import os
import shlex
import stat
import sys
from contextlib import suppress
from pathlib import Path

# What these commands load, so that it is loaded once.
import micboard_tui.cli.config
import micboard_tui.cli.devices
import micboard_tui.cli.health
import micboard_tui.cli.performers
import micboard_tui.config.logs
import micboard_tui.config.secrets.secret_stores
import micboard_tui.config.settings
import micboard_tui.container
import micboard_tui.manufacturers.plugin_registry
import micboard_tui.services.assembly
import micboard_tui.storage.database
import micboard_tui.storage.recorder.recorder_file  # noqa: F401
from micboard_tui.cli.main import main


def end_answer() -> None:
    for stream in (1, 2):
        with suppress(OSError):
            if stat.S_ISFIFO(os.fstat(stream).st_mode):
                os.write(stream, b"\0")


def run() -> None:
    file, *commands = sys.argv[1:]
    codes = []
    # Else each command walks at its end over all that is loaded, and copies it.
    gc.freeze()
    for command in commands:
        if not (child := os.fork()):
            sys.argv = ["micboard-tui", *shlex.split(command)]
            # It ends as it does at home: by an exit that runs through the whole interpreter.
            sys.exit(main())  # type: ignore[func-returns-value]
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        end_answer()
    Path(file).write_text("".join(f"{code}\n" for code in codes))


if __name__ == "__main__":
    run()
