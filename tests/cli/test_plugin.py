"""The plugin of docs/how-to/write-a-plugin, built and installed as a stranger's; broken ones beside it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.test_processes import eventually
from tests.cli.test_terminal import terminal
from tests.fakes.packages import install

pytestmark = pytest.mark.integration

EXAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-plugin"
HOST = "127.0.7.40"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as it is, where it may be built."""
    copy = tmp_path_factory.mktemp("source") / "acme"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", ".*", "dist"))
    return copy


@pytest.fixture(scope="module")
def installed(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the built package in it. A wheel is installed by unpacking it; nothing is fetched."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("target")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=copied, check=True, capture_output=True, timeout=60)
    (wheel,) = wheels.glob("acme_micboard-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    return target


@pytest.fixture
def plugin(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where this process and its children find packages."""
    monkeypatch.syspath_prepend(installed)
    monkeypatch.setenv("PYTHONPATH", str(installed))
    return installed


@pytest.fixture
def environment(plugin: Path, home: Path) -> Mapping[str, str]:
    """Of a process that is started."""
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TMUX"}}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8"}


@contextmanager
def pretended(environment: Mapping[str, str]) -> Iterator[None]:
    """A receiver of the invented maker, as its own package brings it."""
    command = [sys.executable, "-m", "acme_micboard.pretend", HOST]
    with subprocess.Popen(command, env=environment) as child:
        try:
            eventually(_is_listening)
            yield
        finally:
            child.terminate()


def _is_listening() -> bool:
    try:
        socket.create_connection((HOST, 4711), timeout=1).close()
    except OSError:
        return False
    return True


def test_its_own_tests_pass_on_what_was_built(copied: Path, environment: Mapping[str, str]) -> None:
    shutil.move(copied / "acme_micboard", copied / "sources")
    try:
        asked = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"],
            cwd=copied,
            # The plugins of its own environment, and not ours, which take seconds to load.
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )
    finally:
        shutil.move(copied / "sources", copied / "acme_micboard")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "10 passed" in asked.stdout


def test_it_stands_wherever_makers_are_listed(plugin: Path, micboard: Command) -> None:
    assert "acme, " in micboard("devices", "add", "--help").out
    unknown = micboard("devices", "add", "nobody", HOST)
    assert "Known are: acme, " in unknown.err
    driver = micboard("devices", "add", "acme", HOST, "--driver", "telepathy")
    assert "Known are: acme-tinylink" in driver.err
    checks = {each["name"]: each for each in json.loads(micboard("health", "--json").out)["checks"]}
    assert checks["plugin acme"]["verdict"] == "ok"
    assert checks["plugin acme"]["message"] == "Acme, from acme-micboard 1.0: acme-tinylink"


@pytest.mark.usefixtures("answers")
def test_its_devices_are_found_added_read_and_commanded(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with pretended(environment):
        answer = json.loads(micboard("devices", "discover", HOST, "--json").out)
        # Whatever else is simulated on this machine may be heard as well.
        (found,) = (each for each in answer["found"] if each["manufacturer"] == "acme")
        assert (found["model"], found["own_name"]) == ("TL2", "Acme Rack")
        assert micboard("devices", "add", "acme", HOST, "--location", "Stage").code == 0
        polled = micboard("poll", "--once", "--json")
        assert (polled.code, polled.err) == (0, "")
        (device,) = json.loads(polled.out)["devices"]
        assert (device["driver"], device["name"], device["is_online"]) == ("acme-tinylink", "Acme Rack", True)
        assert [
            (each["name"], each["link_state"], each["battery_percent"]) for each in device["channels"]
        ] == [
            ("Lead Vox", "live", 88),
            ("Spare", "transmitter_off", None),
        ]
        words = ("--channel", "1", "--channel-name", "Ada", "--yes")
        renamed = micboard("devices", "set", "Acme Rack", *words)
        assert renamed.out == "Acme Rack/1 name: Ada\n"
        assert "88 %" in micboard("devices", "show", HOST).out


def test_its_devices_are_on_the_board(environment: Mapping[str, str], micboard: Command) -> None:
    assert micboard("devices", "add", "acme", HOST, "--location", "Stage").code == 0
    with pretended(environment), terminal(environment) as board:
        board.until("Stage", "Lead Vox", "live")
        board.press("qq")
        assert board.end() == 0


def test_a_broken_plugin_disturbs_nothing(
    environment: Mapping[str, str], micboard: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubble = install(tmp_path / "rubble", "rubble-micboard", rubble="rubble_micboard:MANUFACTURER")
    (rubble / "rubble_micboard.py").write_text("import nothing_like_that\n")
    monkeypatch.syspath_prepend(rubble)
    added = micboard("devices", "add", "rubble", HOST)
    assert added.code == 1
    assert added.err.splitlines()[-1] == (
        "MANUFACTURER_NOT_SUPPORTED: The plugin 'rubble' (rubble_micboard:MANUFACTURER) cannot be loaded "
        "(ModuleNotFoundError: No module named 'nothing_like_that'). "
        "Update or uninstall the package rubble-micboard 1.2."
    )
    health = micboard("health", "--json")
    checks = {each["name"]: each for each in json.loads(health.out)["checks"]}
    assert (health.code, checks["plugin rubble"]["verdict"]) == (0, "warning")
    assert checks["plugin rubble"]["hint"] == "Update or uninstall the package rubble-micboard 1.2"
    assert checks["plugin acme"]["verdict"] == "ok"
    with pretended(environment):
        assert micboard("devices", "add", "acme", HOST).code == 0
        assert micboard("poll", "--once").code == 0
        assert micboard("secrets", "list").code == 0


@pytest.mark.no_cover
def test_a_plugin_that_goes_leaves_its_devices_and_says_what_to_do(
    plugin: Path, micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    micboard("devices", "add", "acme", HOST)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry != str(plugin)])
    polled = micboard("poll", "--once")
    assert polled.code == 1
    assert f"{HOST}: MANUFACTURER_NOT_SUPPORTED: There is no driver for the manufacturer 'acme'" in polled.err
    assert HOST in micboard("devices", "list").out
    assert micboard("devices", "remove", HOST, "--yes").code == 0
