"""Loss and delay that the kernel itself makes, in a network of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.no_cover]

ROOT = Path(__file__).parents[3]
LIMIT_S = 80
TROUBLE = "netem loss 30% delay 100ms 50ms reorder 25% duplicate 10%"
PROGRAM = "tests.integration.faults.netem_program"
NAME_SERVER_PROGRAM = "tests.integration.faults.name_server_program"


def run_in_namespace(command: str) -> "subprocess.CompletedProcess[str]":
    """Run a shell command where the loopback device is nobody else's."""
    return subprocess.run(
        ["unshare", "--net", "--mount", "--map-root-user", "sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="module")
def netem() -> str:
    """What makes a network bad, in the words of tc; skips where the kernel does not allow it."""
    if sys.platform != "linux" or not all(map(shutil.which, ("unshare", "tc", "ip"))):
        pytest.skip("unshare, tc and ip are needed")
    allowed = run_in_namespace(f"ip link set lo up && tc qdisc add dev lo root {TROUBLE}")
    if allowed.returncode:
        pytest.skip(f"no network namespace with netem here: {allowed.stderr.strip()[:200]}")
    return TROUBLE


@pytest.mark.timeout(90)
def test_devices_stay_or_come_back_on_a_network_that_loses_delays_and_reorders(
    netem: str, tmp_path: Path
) -> None:
    command = f"ip link set lo up && exec {sys.executable} -m {PROGRAM} {tmp_path} '{netem}'"
    ended = run_in_namespace(command)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "healed" in ended.stdout


def test_a_name_server_that_hangs_holds_up_its_names_and_nothing_else(tmp_path: Path) -> None:
    if sys.platform != "linux" or not all(map(shutil.which, ("unshare", "ip", "mount"))):
        pytest.skip("unshare, ip and mount are needed")
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    own = f"ip link set lo up && mount --bind {tmp_path}/resolv.conf /etc/resolv.conf"
    allowed = run_in_namespace(own)
    if allowed.returncode:
        pytest.skip(f"no network namespace here: {allowed.stderr.strip()[:200]}")
    ended = run_in_namespace(f"{own} && exec {sys.executable} -m {NAME_SERVER_PROGRAM}")
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.split() == ["NAME_SERVICE_SILENT", "asked"]
