"""Meter rates of devices that we changed, kept for the program after one that was killed."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from micboard_tui.config.changed_rates import KEPT_S, LOCKING_S, MAX_FILES, ChangedRates
from micboard_tui.domain.changed_rate import ChangedRate

RATES = {1: ChangedRate(100, 1000), 24: ChangedRate(100, 0)}
DEVICE = "192.168.1.20:2202"


class Time:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def files_in(directory: Path) -> list[str]:
    return sorted(file.suffix for file in directory.iterdir())


def test_the_next_program_reads_what_was_changed_and_takes_over(tmp_path: Path) -> None:
    directory = tmp_path / "meter-rates"
    first = ChangedRates(directory)
    first.write(DEVICE, RATES)
    (file,) = directory.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first.close()

    second = ChangedRates(directory)
    assert second.read(DEVICE) == RATES
    assert second.read("192.168.1.21:2202") == {}
    second.write(DEVICE, {1: ChangedRate(200, 1000)})
    assert len([*directory.glob("*.json")]) == 1
    third = ChangedRates(directory)
    assert third.read(DEVICE) == {}, "it lives"
    second.remove(DEVICE)
    second.close()
    assert third.read(DEVICE) == {}
    assert files_in(directory) == []


def test_what_a_running_program_has_changed_is_left_alone(tmp_path: Path) -> None:
    living, other = ChangedRates(tmp_path), ChangedRates(tmp_path)
    living.write(DEVICE, RATES)
    assert other.read(DEVICE) == {}
    other.write(DEVICE, {2: ChangedRate(100, 0)})
    other.remove(DEVICE)
    other.close()
    assert len([*tmp_path.glob("*.json")]) == 1
    living.close()
    assert ChangedRates(tmp_path).read(DEVICE) == RATES


async def test_what_a_session_has_lost_is_for_the_next_one_of_any_program(tmp_path: Path) -> None:
    rates = ChangedRates(tmp_path)
    device = rates.of_device("10.0.0.5", 2202)
    await device.leave_behind()
    await device.keep(RATES)
    assert await device.recall() == {}
    await device.leave_behind()
    assert await device.recall() == RATES
    assert await ChangedRates(tmp_path).of_device("10.0.0.5", 2202).recall() == RATES
    await device.keep({1: ChangedRate(100, 1000)})
    assert await device.recall() == {}
    await device.forget()
    rates.close()
    assert files_in(tmp_path) == []


@pytest.mark.integration
def test_a_killed_program_gives_its_lock_back(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, signal, sys\n"
        "from micboard_tui.config.changed_rates import ChangedRates\n"
        "from micboard_tui.domain.changed_rate import ChangedRate\n"
        "ChangedRates(pathlib.Path(sys.argv[1])).write(sys.argv[2], {1: ChangedRate(100, 1000)})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), DEVICE], check=False, timeout=60)
    assert done.returncode < 0
    after = ChangedRates(tmp_path)
    assert after.read(DEVICE) == {1: ChangedRate(100, 1000)}


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
@pytest.mark.posix
def test_a_file_that_is_gone_when_it_is_read_is_as_good_as_none(tmp_path: Path) -> None:
    first = ChangedRates(tmp_path)
    first.write(DEVICE, RATES)
    (file,) = tmp_path.glob("*.json")
    first.close()
    # The directory lists it, and there is nothing behind it, as for a file that another program removes.
    file.with_name(f"{file.name.partition('.')[0]}.1-gone.json").symlink_to(tmp_path / "gone")
    second = ChangedRates(tmp_path)
    assert second.read(DEVICE) == RATES
    second.write(DEVICE, RATES)
    assert len([*tmp_path.glob("*.json")]) == 1
    second.close()


async def test_a_device_sees_only_its_own(tmp_path: Path) -> None:
    rates = ChangedRates(tmp_path)
    one, other = rates.of_device("10.0.0.5", 2202), rates.of_device("10.0.0.5", 2203)
    await one.keep(RATES)
    await other.keep({1: ChangedRate(100, 0)})
    await one.forget()
    rates.close()
    after = ChangedRates(tmp_path)
    assert await after.of_device("10.0.0.5", 2202).recall() == {}
    assert await after.of_device("10.0.0.5", 2203).recall() == {1: ChangedRate(100, 0)}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        '{"rates": []}',
        '{"rates": {"1": 5, "x": [1, 2], "0": [100, 0], "65": [100, 0]}}',
        '{"rates": {"1": [100]}}',
        '{"rates": {"1": [100, -1]}}',
        '{"rates": {"1": [100, 100000]}}',
        '{"rates": {"1": [true, 0]}}',
        "[" * 5000,
        "\xff",
    ],
)
def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    rates = ChangedRates(tmp_path)
    rates.write(DEVICE, RATES)
    (file,) = tmp_path.glob("*.json")
    rates.close()
    file.write_bytes(content.encode("latin-1"))
    after = ChangedRates(tmp_path)
    assert after.read(DEVICE) == {}
    after.write(DEVICE, RATES)
    after.close()
    assert ChangedRates(tmp_path).read(DEVICE) == RATES


def test_what_cannot_be_written_keeps_no_device_from_being_metered(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    rates = ChangedRates(tmp_path / "state" / "meter-rates")
    assert rates.read(DEVICE) == {}
    rates.write(DEVICE, RATES)
    rates.remove(DEVICE)
    rates.close()


def test_files_are_bounded_in_number_and_age(tmp_path: Path) -> None:
    time = Time()
    for number in range(MAX_FILES + 5):
        file = tmp_path / f"{number:024x}.1-dead.json"
        file.write_text(json.dumps({"rates": {"1": [100, 0]}}))
        age_s = KEPT_S + 1 if number < 3 else number
        os.utime(file, (time.now - age_s, time.now - age_s))
    lock = tmp_path / "2-dead.lock"
    lock.write_text("")
    os.utime(lock, (time.now - LOCKING_S - 1, time.now - LOCKING_S - 1))
    ChangedRates(tmp_path, time).write(DEVICE, RATES)
    left = [file for file in tmp_path.glob("*.json") if "dead" in file.name]
    assert len(left) == MAX_FILES
    assert not any(file.name.startswith(f"{number:024x}") for number in range(3) for file in left)
    assert not lock.exists()
