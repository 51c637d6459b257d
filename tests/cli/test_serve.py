"""``serve`` as systemd and an engineer see it: it begins, answers, ends, and says why it cannot begin."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM

import anyio
import httpx
import nats
import pytest
import trustme

from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.attachment import read_user_key
from micboard_tui.config.bus_endpoint import find_endpoint
from micboard_tui.config.paths import paths_under
from tests.cli.conftest import Answer, Command
from tests.cli.test_commands import said_no
from tests.cli.test_processes import eventually
from tests.cli.test_terminal import meter_rate
from tests.fakes.forks import ForkedProcess, get_fork_server, simulated_devices

pytestmark = pytest.mark.integration

HOST = "127.0.4.90"
WATCHDOG_S = 1.2
END_LIMIT_S = 15.0
"""3 s on a machine that has nothing else to do."""
BLOCKER = """\
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {name!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
sys.argv = ["micboard-tui", "serve"]
from micboard_tui.cli.main import main
main()
"""


class Serving:
    """A ``serve`` that runs, and what it prints."""

    def __init__(self, command: ForkedProcess, output: int) -> None:
        self.command, self._output, self.printed = command, output, ""

    def read_until(self, words: str) -> str:
        """What it has printed once that is among it, or once it has ended."""
        while words not in self.printed and (chunk := os.read(self._output, 4096)):
            self.printed += chunk.decode()
        assert words in self.printed, self.printed
        return self.printed

    def end(self) -> int:
        """Have it end as systemd does; the exit code."""
        self.command.send_signal(SIGTERM)
        return self.command.wait(END_LIMIT_S)


@contextmanager
def serving(environment: Mapping[str, str], *arguments: str) -> Iterator[Serving]:
    reads, writes = os.pipe()
    command = get_fork_server().start(("serve", *arguments), environment, writes, controls=False)
    os.close(writes)
    try:
        yield Serving(command, reads)
    finally:
        command.kill()
        command.wait(60)
        os.close(reads)


@pytest.fixture
def environment(home: Path) -> Mapping[str, str]:
    return {**os.environ, "MICBOARD_HOME": str(home), "COLUMNS": "200", "MICBOARD_BUS__ENABLED": "false"}


def free_port(host: str = HOST) -> int:
    with socket.create_server((host, 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def send_marker(address: tuple[str, int]) -> None:
    """As a console marks a moment by OSC."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"/micboard/marker\0\0\0\0,s\0\0crackle\0", address)


def heard(manager: socket.socket, timeout_s: float) -> set[str]:
    """What is heard within a time."""
    found, end = set[str](), time.monotonic() + timeout_s
    with suppress(TimeoutError):
        while (left := end - time.monotonic()) > 0:
            manager.settimeout(left)
            found.add(manager.recv(1000).decode())
    return found


@pytest.mark.no_cover
def test_it_answers_beside_other_commands_and_leaves_the_devices_in_order(
    environment: Mapping[str, str], micboard: Command
) -> None:
    options = ("--receivers", "1", "--chargers", "0", "--scenario", "calm", "--port", "0")
    with simulated_devices(environment, *options, "--address", "127.0.4.91") as (device,):
        address = device["host"], device["port"]
        assert micboard("devices", "add", "shure", address[0], "--port", str(address[1])).code == 0
        osc = HOST, free_port()
        environment = {**environment, "MICBOARD_SHOW__OSC_LISTEN": f"{osc[0]}:{osc[1]}"}
        with serving(environment, "--listen", f"{HOST}:{free_port()}", "--without-tls") as serve:
            printed = serve.read_until("--role write\n")
            url = printed.partition("Serving ")[2].split()[0]
            assert "no change is possible" in printed
            send_marker(osc)
            assert httpx.get(f"{url}healthz").json()["status"] == "ok"
            assert httpx.get(f"{url}api/v1/devices").status_code == httpx.codes.OK
            said_no(second := micboard("serve"), "ALREADY_RUNNING")
            assert f"serve, process {serve.command.pid}" in second.err
            for beside in (("status",), ("devices", "list"), ("health",)):
                assert micboard(*beside).code == 0
            # It answers before the device is read, and events are stored together.
            eventually(lambda: meter_rate(address) > 0)
            eventually(lambda: "crackle" in httpx.get(f"{url}api/v1/events?kind=marker").text)
            assert serve.end() == 0
            assert serve.read_until("Stopped serving").count("\n") == 3
        assert meter_rate(address) == 0


def test_systemd_hears_when_it_is_ready_and_nothing_while_it_hangs(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        started = {
            **environment,
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WATCHDOG_USEC": str(int(WATCHDOG_S * 1e6)),
        }
        with serving(started, "--listen", f"{HOST}:{free_port()}", "--without-tls") as serve:
            serve.read_until("Serving")
            manager.settimeout(30)
            while not (message := manager.recv(1000).decode()).startswith("READY=1\nSTATUS=Serving http"):
                assert message == "WATCHDOG=1"
            assert heard(manager, WATCHDOG_S) == {"WATCHDOG=1"}
            serve.command.send_signal(SIGSTOP)
            heard(manager, 0.1)
            assert heard(manager, WATCHDOG_S) == set()
            serve.command.send_signal(SIGCONT)
            manager.settimeout(30)
            assert manager.recv(1000) == b"WATCHDOG=1"
            assert serve.end() == 0
            assert "STOPPING=1" in heard(manager, 0.2)


def test_it_serves_by_tls_with_the_certificate_that_it_is_given(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert(HOST)
    certificate, key, authorities = (tmp_path / name for name in ("rack.pem", "rack.key", "ca.pem"))
    issued.private_key_pem.write_to_path(key)
    for number, part in enumerate(issued.cert_chain_pems):
        part.write_to_path(certificate, append=number > 0)
    authority.cert_pem.write_to_path(authorities)
    port = free_port()
    given = ("--certificate", str(certificate), "--key", str(key))
    with serving(environment, "--listen", f"{HOST}:{port}", *given) as serve:
        assert f"Serving https://{HOST}:{port}/" in serve.read_until("api/docs/")
        trusting = ssl.create_default_context(cafile=str(authorities))
        assert httpx.get(f"https://{HOST}:{port}/healthz", verify=trusting).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://{HOST}:{port}/healthz")
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"http://{HOST}:{port}/healthz")
        assert serve.end() == 0


def test_boards_attach_to_a_server_of_its_own_which_ends_with_it(
    environment: Mapping[str, str], micboard: Command, home: Path, tmp_path: Path
) -> None:
    assert micboard("users", "add", "Ada", "--role", "write", "--no-password").code == 0
    assert micboard("users", "key", "Ada", "--file", str(tmp_path / "ada.key")).code == 0
    seed = read_user_key(tmp_path / "ada.key").seed
    with_bus = {**environment, "MICBOARD_BUS__ENABLED": "true"}
    with serving(with_bus, "--listen", f"{HOST}:{free_port()}", "--without-tls") as serve:
        url = serve.read_until("Serving").partition("Boards attach at ")[2].split()[0]
        endpoint = find_endpoint(paths_under(home))
        assert endpoint is not None
        assert (endpoint.url, endpoint.pid) == (url, serve.command.pid)
        subject = Subjects().call("read", "Ada", "GreetingContract", "greet")
        assert anyio.run(_answers, url, seed, subject)
        assert micboard("users", "list").code == 0
        assert serve.end() == 0
    assert find_endpoint(paths_under(home)) is None


async def _answers(url: str, seed: str, subject: str) -> bool:
    """Whether ``serve`` takes calls, be it only to tell that this one cannot be read."""
    client = await nats.connect(url, nkeys_seed_str=seed, inbox_prefix=Subjects().inbox("Ada"))
    try:
        return bool((await client.request(subject, b"", timeout=END_LIMIT_S)).data)
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--bus-listen", "0.0.0.0:4222"), "CONFIG_INVALID"),
        (("--listen", "0.0.0.0:8642"), "CONFIG_INVALID"),
        (("--listen", "192.0.2.1:8642", "--without-tls"), "HOST_NOT_RESOLVED"),
        (("--certificate", "RUBBISH"), "CONFIG_INVALID"),
        (("--certificate", "RUBBISH", "--key", "RUBBISH"), "CONFIG_INVALID"),
        (("--certificate", "MISSING", "--key", "RUBBISH"), "CONFIG_INVALID"),
    ],
)
def test_what_it_cannot_serve_is_one_line_with_a_cure(
    micboard: Command, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    (tmp_path / "RUBBISH").write_text("rubbish")
    given = [str(tmp_path / each) if each.isupper() else each for each in arguments]
    said_no(micboard("serve", *given), code)


def test_a_key_with_a_password_is_refused_and_not_asked_for(micboard: Command, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    certificate, key = tmp_path / "rack.pem", tmp_path / "rack.key"
    trustme.CA().issue_cert(HOST).cert_chain_pems[0].write_to_path(certificate)
    lock = BestAvailableEncryption(b"password")
    secret = ec.generate_private_key(ec.SECP256R1())
    key.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    said_no(micboard("serve", "--certificate", str(certificate), "--key", str(key)), "CONFIG_INVALID")


def test_a_port_that_is_taken_is_named(micboard: Command) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        refused = micboard("serve", "--listen", f"{HOST}:{port}", "--without-tls")
    said_no(refused, "PORT_TAKEN")
    assert f"{HOST}:{port}" in refused.err


def test_an_address_without_a_port_is_wrong_usage(micboard: Command) -> None:
    for option in ("--listen", "--bus-listen"):
        refused = micboard("serve", option, "rack")
        assert refused.code == 2
        assert "should be host:port" in refused.err


@pytest.mark.parametrize("missing", ["fastapi", "prometheus_client"])
def test_without_the_extra_it_says_what_to_install(environment: Mapping[str, str], missing: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BLOCKER.format(name=missing)],
        env=environment,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    said_no(Answer(ended.returncode, ended.stdout, ended.stderr), "CONFIG_INVALID")
    assert missing in ended.stderr
    assert "pip install 'micboard-tui[api]'" in ended.stderr
