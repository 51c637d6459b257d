"""The examples for deployment are accepted by the programs that read them, and keep their own promises."""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from micboard_tui.config.nested_values import flatten
from micboard_tui.config.settings import PREFIX, Settings
from tests.api.conftest import CONTROL, UNHURRIED, ServedRig, make_rig, serve_rig

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
UNIT = EXAMPLES / "systemd" / "micboard-tui.service"
USER_UNIT = EXAMPLES / "systemd" / "user" / "micboard-tui.service"
DOCKER = EXAMPLES / "docker"
NGINX = EXAMPLES / "nginx" / "micboard.conf"
CADDY = EXAMPLES / "caddy" / "Caddyfile"
HOME_ASSISTANT = EXAMPLES / "home-assistant" / "micboard.yaml"
COMPANION = json.loads((EXAMPLES / "companion" / "buttons.json").read_text(encoding="utf-8"))
MOST_EXPOSED = 2.0
MAX_BYTES = 64 * 1024
"""Of one example: they are in the wheel."""
VARIABLES = {f"{PREFIX}{key.upper().replace('.', '__')}" for key, _ in flatten(Settings().model_dump())}


def load_example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wheelhouse = load_example("wheelhouse")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def needs(program: str) -> pytest.MarkDecorator:
    reason = f"{program} is not installed"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)


@pytest.mark.parametrize("example", [UNIT, DOCKER / "Dockerfile"], ids=lambda file: file.name)
def test_settings_in_the_examples_are_there(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    named = {name for name in re.findall(r"MICBOARD_\w+", text) if not name.startswith("MICBOARD_SECRETS")}
    assert named - {"MICBOARD_HOME"} <= VARIABLES


def test_examples_are_small() -> None:
    assert [file for file in EXAMPLES.rglob("*") if file.is_file() and file.stat().st_size > MAX_BYTES] == []


def test_the_unit_is_watched_and_comes_back() -> None:
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    assert {"Type=notify", "Restart=always", "StateDirectory=micboard-tui", "User=micboard"} <= set(lines)
    (watchdog,) = (line for line in lines if line.startswith("WatchdogSec="))
    assert int(watchdog.partition("=")[2]) >= 5


@pytest.mark.integration
@needs("systemd-analyze")
def test_systemd_accepts_the_unit_and_finds_it_hardly_exposed(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/micboard-tui/bin/micboard-tui", sys.executable))
    verified = run("systemd-analyze", "verify", unit)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    judged = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    assert exposure is not None, judged.stdout + judged.stderr
    assert float(exposure[1]) <= MOST_EXPOSED


@pytest.mark.integration
@needs("systemd-analyze")
def test_systemd_accepts_the_unit_of_a_user(tmp_path: Path) -> None:
    unit = tmp_path / USER_UNIT.name
    text = USER_UNIT.read_text(encoding="utf-8")
    assert text.count("%h/.local/bin/micboard-tui") == 1
    unit.write_text(text.replace("%h/.local/bin/micboard-tui", sys.executable))
    verified = run("env", f"XDG_RUNTIME_DIR={tmp_path}", "systemd-analyze", "--user", "verify", unit)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_the_example_of_an_environment_file_is_a_file_of_settings_and_sets_none() -> None:
    lines = (EXAMPLES / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    named = {line[1:].partition("=")[0] for line in lines if re.match(r"#MICBOARD_\w+=", line)}
    assert {name for name in named if not name.startswith("MICBOARD_KEYS__")} == VARIABLES | {"MICBOARD_HOME"}


def test_a_wheelhouse_names_each_file_with_its_hash(tmp_path: Path) -> None:
    (tmp_path / "micboard_tui-2026.11.0-py3-none-any.whl").write_bytes(b"a")
    (tmp_path / "PyYAML-6.0-cp311-cp311-linux_x86_64.whl").write_bytes(b"b")
    digests = [hashlib.sha256(content).hexdigest() for content in (b"b", b"a")]
    assert list(wheelhouse.requirements(tmp_path, "api,fleet")) == [
        f"pyyaml==6.0 --hash=sha256:{digests[0]}",
        f"micboard-tui[api,fleet]==2026.11.0 --hash=sha256:{digests[1]}",
    ]


def test_the_image_runs_without_root_keeps_its_data_and_is_asked_whether_it_is_well() -> None:
    lines = (DOCKER / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert all(
        re.fullmatch(r"FROM \S+:\S+-slim( AS \w+)?", line) for line in lines if line.startswith("FROM")
    )
    assert [line for line in last if line.startswith("USER ")] == ["USER 8642"]
    assert {"VOLUME /data", 'ENTRYPOINT ["micboard-tui"]', 'CMD ["serve"]'} <= set(last)
    assert any(line.startswith("HEALTHCHECK ") for line in last)
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", "\n".join(lines), re.MULTILINE):
        for name in copied.split():
            assert (EXAMPLES.parents[1] / name).exists(), name


@pytest.mark.integration
@needs("hadolint")
def test_hadolint_finds_nothing_in_the_image() -> None:
    checked = run("hadolint", DOCKER / "Dockerfile")
    assert checked.returncode == 0, checked.stdout


@pytest.mark.integration
@needs("caddy")
def test_caddy_accepts_its_file() -> None:
    checked = run("caddy", "validate", "--adapter", "caddyfile", "--config", CADDY)
    assert checked.returncode == 0, checked.stderr


def test_proxies_pass_on_what_logins_and_websockets_need() -> None:
    text = NGINX.read_text(encoding="utf-8")
    for location in re.findall(r"location [^{]+\{(.*?)\n    \}", text, re.DOTALL):
        assert "proxy_set_header Host $http_host;" in location
    assert "proxy_pass http://127.0.0.1:8642/api/v1/session/check;" in text
    assert text.count("proxy_set_header Upgrade $http_upgrade;") == 2
    assert "uri /api/v1/session/check" in CADDY.read_text(encoding="utf-8")


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # has no types
    """Knows the secrets of Home Assistant."""


_Loader.add_constructor("!secret", lambda loader, node: f"secret {loader.construct_scalar(node)}")


async def test_home_assistant_asks_for_what_there_is() -> None:
    package: dict[str, Any] = yaml.load(HOME_ASSISTANT.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    async with serve_rig(make_rig(), UNHURRIED) as served:
        for source in package["rest"]:
            assert source["headers"] == {"Authorization": "secret micboard_authorization"}
            path = source["resource"].partition(":8642")[2].replace("DEVICE", "rack-1")
            document = (await served.client.get(path, headers=CONTROL)).json()
            asked = [
                each["value_template"]
                for kind in ("sensor", "binary_sensor")
                for each in source.get(kind, ())
            ]
            for template in asked:
                if (name := re.search(r"channels\[0\]\.(\w+)", template)) is not None:
                    assert name[1] in document["channels"][0]
                else:
                    assert "healthy" in template
                    assert "healthy" in document
        mark = package["rest_command"]["micboard_mark"]
        body = mark["payload"].replace("{{ text }}", "curtain")
        answer = await served.client.post(
            mark["url"].partition(":8642")[2],
            content=body,
            headers={**CONTROL, "Content-Type": mark["content_type"]},
        )
        assert answer.is_success, answer.text


@pytest.mark.parametrize("button", COMPANION["buttons"], ids=lambda button: button["title"])
async def test_every_button_of_companion_is_understood(button: dict[str, Any]) -> None:
    async with serve_rig(make_rig(), UNHURRIED) as served:
        answer = await press(served, button)
        assert answer.status_code not in {401, 405, 415, 422}, answer.text
        # The alarm itself need not be there now.
        assert answer.status_code != 404 or answer.json()["error"]["code"] == "ALARM_NOT_FOUND"


async def press(served: ServedRig, button: dict[str, Any]) -> httpx.Response:
    body = (
        None if button["body"] is None else json.loads(json.dumps(button["body"]).replace("DEVICE", "rack-1"))
    )
    path = "/api/v1" + button["path"].replace("DEVICE", "rack-1")
    return await served.client.request(button["method"], path, json=body, headers=CONTROL)


@pytest.mark.parametrize("feedback", COMPANION["feedbacks"], ids=lambda feedback: feedback["title"])
async def test_every_value_for_companion_is_there(feedback: dict[str, Any]) -> None:
    async with serve_rig(make_rig(), UNHURRIED) as served:
        answer = await served.client.get("/api/v1" + feedback["path"].replace("DEVICE", "rack-1"))
        name = feedback["json_path"].removeprefix("$.channels[0].")
        assert name in answer.json()["channels"][0]
