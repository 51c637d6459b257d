"""Commands and boards that use the sessions of a ``serve``, on this computer and from another one."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from micboard_tui.cli.attached import find_attachment, find_missing_module, find_serving, rate_for
from micboard_tui.cli.context import load_context
from micboard_tui.config.attachment import Attachment
from micboard_tui.config.bus_endpoint import BusEndpoint, published_endpoint
from tests.cli.conftest import Command
from tests.cli.test_commands import said_no
from tests.cli.test_serve import HOST, Serving, free_port, serving
from tests.fakes.forks import simulated_devices

pytestmark = pytest.mark.integration


@pytest.fixture
def environment(home: Path) -> Mapping[str, str]:
    own = {
        "MICBOARD_HOME": str(home),
        "COLUMNS": "200",
        "MICBOARD_LOG__LEVEL": "warning",
        # At the usual port there may be the server of another test.
        "MICBOARD_BUS__LISTEN": f"{HOST}:{free_port()}",
    }
    return {**os.environ, **own}


@contextmanager
def serving_one_receiver(environment: Mapping[str, str], micboard: Command) -> Iterator[Serving]:
    options = ("--receivers", "1", "--chargers", "0", "--scenario", "calm", "--port", "0")
    with simulated_devices(environment, *options, "--address", "127.0.4.92") as (device,):
        assert micboard("devices", "add", "shure", device["host"], "--port", str(device["port"])).code == 0
        with serving(environment, "--listen", f"{HOST}:{free_port()}", "--without-tls") as serve:
            serve.read_until("Serving")
            for _ in range(50):
                if json.loads(micboard("devices", "list", "--online", "--json").out)["devices"]:
                    break
            yield serve


def names_of(document: str) -> list[Any]:
    return [channel["name"] for device in json.loads(document)["devices"] for channel in device["channels"]]


def test_while_serve_runs_commands_go_through_its_sessions(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with serving_one_receiver(environment, micboard) as serve:
        attachment = find_serving(load_context())
        assert attachment is not None
        assert serve.printed.partition("Boards attach at ")[2].split()[0] == attachment.url
        device = json.loads(micboard("devices", "list", "--json").out)["devices"][0]["device_id"]
        # Only the session of serve can do it: a second connection is refused while it has the lease.
        changed = micboard("devices", "set", device, "--channel", "1", "--channel-name", "Solo", "--yes")
        assert (changed.code, "Solo" in changed.out, changed.err[-300:])[:2] == (0, True), changed
        assert micboard("assign", f"{device}/1", "Ada").code == 0
        assert "Ada" in micboard("assign", f"{device}/1", "Ada", "--json").out
        assert micboard("undo").out.startswith("Undone")
        assert names_of(micboard("status", "--json").out)[0] in {"Solo", None, "Lead Vox"}
        assert micboard("health").code == 0
        assert micboard("run", "--show", "nothing").err.startswith("SHOW_NOT_FOUND")

        assert serve.end() == 0
    assert find_serving(load_context()) is None


def test_from_another_computer_a_key_is_needed_and_says_what_its_user_may(
    environment: Mapping[str, str], micboard: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "bob.key"
    assert micboard("users", "add", "Bob", "--role", "watch", "--no-password").code == 0
    assert micboard("users", "key", "Bob", "--file", str(key)).code == 0
    with serving_one_receiver(environment, micboard) as serve:
        monkeypatch.setenv("MICBOARD_HOME", str(tmp_path / "laptop"))
        monkeypatch.setenv("MICBOARD_ATTACH__URL", serve.printed.partition("Boards attach at ")[2].split()[0])
        said_no(micboard("status"), "NOT_ALLOWED")
        monkeypatch.setenv("MICBOARD_ATTACH__KEY", str(key))
        assert len(json.loads(micboard("devices", "list", "--json").out)["devices"]) == 1
        said_no(refused := micboard("performers", "add", "Eva"), "NOT_ALLOWED")
        assert "Bob may watch, and this needs the right to write" in refused.err
        assert serve.end() == 0
        said_no(gone := micboard("status"), "BUS_LOST")
        assert "micboard-tui serve" in gone.err


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"URL": "http://rack"}, "should be nats://host"),
        ({"URL": "rack", "KEY": "missing.key"}, "cannot be read"),
        ({"URL": "tls://127.0.0.1:9", "CA": "missing.pem"}, "missing.pem cannot be read"),
        ({"URL": "nats://127.0.0.1:9"}, "where it has TLS the address is tls://"),
        ({"URL": "tls://127.0.0.1:9"}, "micboard-tui serve` runs there."),
    ],
)
def test_what_it_cannot_attach_to_is_one_line_with_a_cure(
    micboard: Command, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], words: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"MICBOARD_ATTACH__{name}", value)
    answer = micboard("status")
    assert (answer.code, answer.out) == (1, "")
    (line,) = answer.err.splitlines()
    assert words in line


def test_options_say_where_to_attach_and_the_settings_where_they_do_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICBOARD_OPERATOR", "Pia")
    assert find_attachment(load_context()) is None
    assert find_attachment(load_context(), "rack") == Attachment("nats://rack:4222", "Pia")
    monkeypatch.setenv("MICBOARD_ATTACH__URL", "tls://foh")
    assert find_attachment(load_context(), ca=home) == Attachment("tls://foh:4222", "Pia", ca=home)
    assert find_missing_module() is None
    assert (rate_for(10), rate_for(4)) == (10, 2)


def test_without_the_extra_a_note_tells_why_the_serve_that_runs_is_not_asked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = load_context()
    context.paths.data.mkdir(parents=True, exist_ok=True)
    assert find_serving(context, lambda: "msgspec") is None
    with published_endpoint(context.paths, BusEndpoint("nats://127.0.0.1:4222", "rack", None)):
        assert find_serving(context) == Attachment("nats://127.0.0.1:4222", context.operator)
        assert capsys.readouterr().err == ""
        assert find_serving(context, lambda: "msgspec") is None
    assert "pip install 'micboard-tui[fleet]'" in capsys.readouterr().err


def test_an_address_that_is_none_is_wrong_usage(micboard: Command) -> None:
    refused = micboard("run", "--attach", "http://rack")
    assert refused.code == 2
    assert "should be nats://host" in refused.err
    without_address = micboard("run", "--key", "ada.key")
    assert without_address.code == 2
    assert "is for --attach" in without_address.err


def test_a_certificate_that_is_not_trusted_is_no_matter_of_the_network(
    environment: Mapping[str, str], micboard: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "rack.pem", tmp_path / "rack.key"
    issued = trustme.CA().issue_cert(HOST)
    issued.private_key_pem.write_to_path(key)
    issued.cert_chain_pems[0].write_to_path(certificate)
    port = free_port()
    options = ("--bus-listen", f"{HOST}:{port}", "--certificate", str(certificate), "--key", str(key))
    with serving(environment, "--listen", f"{HOST}:{free_port()}", *options) as serve:
        serve.read_until("Serving")
        monkeypatch.setenv("MICBOARD_ATTACH__URL", f"tls://{HOST}:{port}")
        said_no(refused := micboard("status"), "BUS_LOST")
        assert "with --ca" in refused.err
