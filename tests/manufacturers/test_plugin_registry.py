"""Plugins as they are installed, ours and those of strangers, sound or broken."""

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.manufacturers.plugin_registry import GROUP, EntryPointRegistry
from tests.fakes import vault
from tests.fakes.packages import install

_IMPORT = "from micboard_tui.contracts.ports import Manufacturer\n"
RUBBLE = {
    "unborn": ("import nothing_like_that\n", "ModuleNotFoundError: No module named 'nothing_like_that'"),
    "typo": ("def (\n", "SyntaxError: "),
    "leaver": ("raise SystemExit('bye')\n", "SystemExit: bye"),
    "silent": ("raise RuntimeError\n", "RuntimeError: no reason given"),
    "empty": ("", "AttributeError: "),
    "wrong": ("MANUFACTURER = 'Acme'\n", "brings a str and no Manufacturer"),
    "other": (
        _IMPORT + "MANUFACTURER = Manufacturer('acme', 'Acme', {})\n",
        "brings the manufacturer 'acme' under another name",
    ),
    "idle": (
        _IMPORT + "MANUFACTURER = Manufacturer('idle', 'Idle', {})\n",
        "brings no driver",
    ),
    "odd": (
        _IMPORT + "MANUFACTURER = Manufacturer('odd', 'Odd', {'odd-one': None})\n",
        "brings something else than a driver as 'odd-one'",
    ),
}


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on the path, for packages."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_strangers_plugin_is_found_like_ours(plugins: Path) -> None:
    install(plugins, "vault-micboard", vault="tests.fakes.vault:MANUFACTURER")
    registry = EntryPointRegistry()
    assert {"shure", "vault"} <= set(registry.codes())
    assert registry.get("vault") is vault.MANUFACTURER is registry.get("vault")
    states = {each.code: each for each in registry.plugins()}
    assert states["vault"].package == "vault-micboard 1.2"
    assert states["shure"].package.startswith("micboard-tui 20")
    assert all(each.error is None and each.manufacturer for each in states.values())


def test_names_are_told_without_loading_anything(plugins: Path) -> None:
    install(plugins, "bomb", bomb="bomb_that_must_not_go_off:MANUFACTURER")
    (plugins / "bomb_that_must_not_go_off.py").write_text("raise AssertionError\n")
    assert "bomb" in EntryPointRegistry().codes()
    assert "bomb_that_must_not_go_off" not in sys.modules


@pytest.mark.parametrize("name", RUBBLE)
def test_a_broken_plugin_is_named_with_the_package_to_update(plugins: Path, name: str) -> None:
    source, what = RUBBLE[name]
    install(plugins, "rubble", **{name: f"rubble_{name}:MANUFACTURER"})
    (plugins / f"rubble_{name}.py").write_text(source)
    registry = EntryPointRegistry()
    errors = []
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(MicboardError) as caught:
                registry.get(name)
            errors.append(caught.value.info)
            error = caught.value.info
            assert error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED
            assert what in error.message
            assert f"'{name}' (rubble_{name}:MANUFACTURER)" in error.message
            assert error.hint == "Update or uninstall the package rubble 1.2"
    assert [event["event"] for event in logs] == ["plugin_broken"]
    states = {each.code: each for each in registry.plugins()}
    assert states[name].error == errors[-1]
    assert isinstance(states["shure"].manufacturer, Manufacturer)


def test_an_unknown_maker_is_told_which_are_known() -> None:
    registry = EntryPointRegistry(entry_points(group=GROUP, name="shure"))
    with pytest.raises(MicboardError) as caught:
        registry.get("nobody")
    assert caught.value.info.hint == "Known are: shure"


def test_of_two_with_one_name_ours_comes_first(plugins: Path) -> None:
    install(plugins, "a-usurper", shure="tests.fakes.vault:MANUFACTURER")
    with structlog.testing.capture_logs() as logs:
        registry = EntryPointRegistry()
    assert [(event["event"], event["package"]) for event in logs] == [("plugin_ignored", "a-usurper 1.2")]
    assert registry.get("shure").code == "shure"


def test_an_entry_point_from_nowhere_is_named_too() -> None:
    registry = EntryPointRegistry([EntryPoint("void", "no_such_module:X", GROUP)])
    with pytest.raises(MicboardError) as caught:
        registry.get("void")
    assert caught.value.info.hint == "Update or uninstall the package that brings it"
