"""Puts all that micboard-tui is installed with into a folder, for a machine without internet.

    python wheelhouse.py wheelhouse --extras api,fleet

Run it on a machine with internet that has the same system and the same Python as the rack machine. Take the
folder to the rack machine, on a stick, and do there what its INSTALL.txt says. Every file is named with its
hash, so that no other one is installed. Needs Python and pip alone.
"""

import argparse
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

PROGRAM = "micboard-tui"
INSTALL = """\
On the rack machine, in this folder; /opt/micboard-tui may be any other place that is not there yet:

    python3 -m venv /opt/micboard-tui
    /opt/micboard-tui/bin/python -m pip install --no-index --find-links . --require-hashes -r requirements.txt
    /opt/micboard-tui/bin/micboard-tui --version

A newer release: the same with the newer folder. pip puts back nothing: keep the older folder to go back.
"""


class WheelhouseError(Exception):
    """The folder is not complete; the text says why."""


def fill(folder: Path, requirement: str) -> None:
    """Have pip fetch, or build, wheels of the program and of all that it needs. Raises WheelhouseError."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder), requirement]
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        message = f"pip could not fetch all of it (exit code {done.returncode})"
        raise WheelhouseError(message)


def requirements(folder: Path, extras: str) -> Iterator[str]:
    """A line for each wheel in the folder: its name, version and hash."""
    for wheel in sorted(folder.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        name = re.sub(r"[-_.]+", "-", name).lower()
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        wanted = f"{name}[{extras}]" if name == PROGRAM and extras else name
        yield f"{wanted}=={version} --hash=sha256:{digest}"


def main(arguments: Sequence[str]) -> int:
    """0: the folder is complete."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--extras", default="", help="of api, fleet, mqtt, osc, postgres, sheets, with commas"
    )
    parser.add_argument("--wheel", type=Path, help=f"a wheel of {PROGRAM}; left out: the newest release")
    options = parser.parse_args(arguments)
    folder, source = options.folder, str(options.wheel.resolve()) if options.wheel else PROGRAM
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fill(folder, f"{source}[{options.extras}]" if options.extras else source)
    except (OSError, WheelhouseError) as error:
        print(error, file=sys.stderr)
        return 1
    lines = list(requirements(folder, options.extras))
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "INSTALL.txt").write_text(INSTALL, encoding="utf-8")
    print(f"{len(lines)} packages; what to do with them stands in {folder / 'INSTALL.txt'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
