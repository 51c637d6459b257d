"""Looks for bytes that break a target, guided by which code they reach, and keeps those that reach more.

``just fuzz [TARGET] [SECONDS]``. What breaks a target is written to ``build/fuzz``, and its traceback is
printed; once it is mended it belongs into ``corpus/TARGET`` under a name that says what was wrong. What
reaches code that nothing kept reaches is kept, the smallest first and at most ``MAX_KEPT`` of a target.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.fuzz.targets import CORPUS, targets

MAX_BYTES = 512
MAX_KEPT = 40
BROKEN = Path("build/fuzz")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="all", choices=["all", *targets()])
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="for each target")
    options = parser.parse_args()
    names = list(targets()) if options.target == "all" else [options.target]
    broken = [name for name in names if not fuzz(name, options.seconds)]
    print(f"{len(names) - len(broken)} of {len(names)} targets held", *broken, sep="\n  ")
    return 1 if broken else 0


def fuzz(name: str, seconds: int) -> bool:
    """Whether the target held."""
    BROKEN.mkdir(parents=True, exist_ok=True)
    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        program = _write_program(Path(folder) / "program", name)
        found, seeds, merged = (Path(folder) / part for part in ("found", "seeds", "merged"))
        for each in (found, seeds, merged):
            each.mkdir()
        for number, seed in enumerate(targets()[name].seeds()):
            (seeds / str(number)).write_bytes(seed)
        for file in kept.iterdir():
            (seeds / file.name).write_bytes(file.read_bytes())
        limits = (f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1")
        ran = _run_worker(program, (found, seeds), (*limits, f"-artifact_prefix={BROKEN}/{name}-"))
        print(f"{name}: {_statistic(ran.stderr, 'number_of_executed_units')} inputs")
        if ran.returncode != 0:
            print(ran.stdout, ran.stderr, sep="\n")
            return False
        _run_worker(program, (merged, seeds, found), ("-merge=1", f"-max_len={MAX_BYTES}"))
        _keep(kept, merged)
    return True


def _write_program(file: Path, name: str) -> Path:
    """LibFuzzer starts itself by one word."""
    words = [sys.executable, "-m", "tests.fuzz.worker", name, str(file)]
    file.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
    file.chmod(0o700)
    return file


def _run_worker(
    program: Path, folders: Iterable[Path], options: Iterable[str]
) -> "subprocess.CompletedProcess[str]":
    command = [str(program), *map(str, folders), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")


def _statistic(text: str, name: str) -> str:
    line = next((line for line in text.splitlines() if name in line), "")
    return line.rpartition(":")[2].strip() or "?"


def _keep(kept: Path, merged: Path) -> None:
    """Add what reaches more; names that a person gave stay."""
    known = {file.read_bytes() for file in kept.iterdir()}
    numbered = [file for file in kept.iterdir() if file.name.isdigit()]
    smallest = sorted((file.read_bytes() for file in merged.iterdir()), key=lambda data: (len(data), data))
    added = [data for data in smallest if data not in known][: MAX_KEPT - len(numbered)]
    for number, data in enumerate(added, len(numbered)):
        (kept / f"{number:02}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
