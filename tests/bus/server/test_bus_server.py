"""A server of ours: started, kept, changed and ended."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import anyio
import nats
import pytest
import structlog
import trustme

from micboard_tui.bus.connection import MAX_PAYLOAD
from micboard_tui.bus.server.bus_server import ServerOptions, open_bus_server
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerAddress, ServerUser
from micboard_tui.bus.server.server_process import ProcessLimits
from micboard_tui.contracts.errors import ErrorCode, StartError
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.nats_clients import new_key, refusal
from tests.fakes.nats_server import NatsServer, find_program, free_port

pytestmark = pytest.mark.integration
HOST = "127.0.0.1"


def _options(directory: Path, *, takes_free_port: bool = False, port: int = 0) -> ServerOptions:
    address = ServerAddress(HOST, port or free_port())
    return ServerOptions(directory, address, takes_free_port, find_program())


HUB_SEED, HUB_KEY = new_key()
HUB = ServerUser(HUB_KEY, EVERYTHING)


async def test_a_killed_server_is_started_again_at_the_same_port_and_keeps_its_store(tmp_path: Path) -> None:
    seed, public_key = new_key()
    async with open_bus_server(_options(tmp_path / "bus"), [ServerUser(public_key, EVERYTHING)]) as server:
        client = await nats.connect(server.url, nkeys_seed_str=seed, reconnect_time_wait=0.1)
        store = await client.jetstream().create_key_value(bucket="kept")
        await store.put("key", b"value")
        url, old = server.url, server.pid
        assert old is not None
        os.kill(old, signal.SIGKILL)
        await until(lambda: server.pid not in {None, old})
        assert server.url == url
        second = await nats.connect(server.url, nkeys_seed_str=seed)
        entry = await (await second.jetstream().key_value("kept")).get("key")
        assert entry.value == b"value"
        await second.close()
        await client.close()
        last = server.pid
    assert last is not None
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


async def test_a_frozen_server_is_killed_and_started_again(tmp_path: Path) -> None:
    options = replace(_options(tmp_path / "bus"), limits=ProcessLimits(look=0.1))
    async with open_bus_server(options, [HUB]) as server:
        frozen = server.pid
        assert frozen is not None
        os.kill(frozen, signal.SIGSTOP)
        await until(lambda: server.pid not in {None, frozen})
        assert await refusal(server.url, HUB_SEED) is None


async def test_the_largest_message_goes_through(nats_server: NatsServer) -> None:
    client = await nats.connect(nats_server.url)
    subscription = await client.subscribe("large", pending_bytes_limit=2 * MAX_PAYLOAD)
    await client.publish("large", bytes(MAX_PAYLOAD))
    assert len((await subscription.next_msg(UNHURRIED_S)).data) == MAX_PAYLOAD
    await client.close()


async def test_a_user_who_is_removed_is_out_at_once_and_the_others_stay(tmp_path: Path) -> None:
    (ada_seed, ada), (bob_seed, bob) = new_key(), new_key()
    users = [ServerUser(ada, EVERYTHING), ServerUser(bob, EVERYTHING)]
    async with open_bus_server(_options(tmp_path / "bus"), users) as server:
        is_out = asyncio.Event()

        async def note_end() -> None:
            is_out.set()

        removed = await nats.connect(
            server.url, nkeys_seed_str=ada_seed, allow_reconnect=False, closed_cb=note_end
        )
        stays = await nats.connect(server.url, nkeys_seed_str=bob_seed, allow_reconnect=False)
        await server.set_users(users[1:])
        with anyio.fail_after(UNHURRIED_S):
            await is_out.wait()
        await stays.flush()
        assert removed.is_closed
        assert await refusal(server.url, ada_seed) is not None
        await stays.close()


async def test_who_has_no_key_is_refused(tmp_path: Path) -> None:
    async with open_bus_server(_options(tmp_path / "bus"), [HUB]) as server:
        assert "Authorization" in str(await refusal(server.url))


async def test_a_configuration_that_is_not_taken_leaves_all_as_it_was(tmp_path: Path) -> None:
    seed, public_key = new_key()
    async with open_bus_server(_options(tmp_path / "bus"), [ServerUser(public_key, EVERYTHING)]) as server:
        with pytest.raises(StartError, match="could not be changed"):
            await server.set_users([ServerUser("no key", EVERYTHING)])
        client = await nats.connect(server.url, nkeys_seed_str=seed)
        await client.close()
        await server.set_users([HUB])
        assert await refusal(server.url, seed) is not None


async def test_where_the_usual_port_is_taken_another_one_is_used(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        options = _options(tmp_path / "bus", takes_free_port=True, port=port)
        async with open_bus_server(options, [HUB]) as server:
            assert server.address.port != port
        with pytest.raises(StartError, match="in use") as refused:
            async with open_bus_server(_options(tmp_path / "bus", port=port), [HUB]):
                pass
    assert refused.value.code is ErrorCode.PORT_TAKEN


async def test_an_address_of_another_computer_is_refused(tmp_path: Path) -> None:
    options = ServerOptions(tmp_path / "bus", ServerAddress("192.0.2.1", 4222), program=find_program())
    with pytest.raises(StartError) as refused:
        async with open_bus_server(options, [HUB]):
            pass
    assert refused.value.code is ErrorCode.HOST_NOT_RESOLVED


async def test_a_server_that_does_not_start_is_told_with_its_own_words(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.issue_cert(HOST).cert_chain_pems[0].write_to_path(tmp_path / "rack.pem")
    authority.issue_cert(HOST).private_key_pem.write_to_path(tmp_path / "other.key")
    address = ServerAddress(HOST, free_port(), tmp_path / "rack.pem", tmp_path / "other.key")
    with pytest.raises(StartError, match=r"does not start .*private key"):
        async with open_bus_server(ServerOptions(tmp_path / "bus", address, program=find_program()), [HUB]):
            pass


async def test_its_files_are_for_this_user_only(tmp_path: Path) -> None:
    async with open_bus_server(_options(tmp_path / "bus"), [HUB]):
        pass
    assert (tmp_path / "bus").stat().st_mode & 0o077 == 0
    assert (tmp_path / "bus" / "nats-server.conf").stat().st_mode & 0o077 == 0


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


_KEEPER = """
import asyncio, sys
from pathlib import Path
from micboard_tui.bus.server.bus_server import ServerOptions, open_bus_server
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerAddress, ServerUser

async def main():
    options = ServerOptions(Path(sys.argv[1]), ServerAddress("127.0.0.1", int(sys.argv[2])))
    key = ServerUser(sys.argv[3], EVERYTHING)
    async with open_bus_server(options, [key]) as server:
        print(server.pid, flush=True)
        await asyncio.sleep(1000)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
async def test_it_dies_with_us_also_when_we_are_killed(tmp_path: Path) -> None:
    keeper = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _KEEPER, str(tmp_path / "bus"), str(free_port()), HUB_KEY),
        stdout=subprocess.PIPE,
    )
    assert keeper.stdout is not None
    while not (line := (await keeper.stdout.readline()).decode()).strip().isdecimal():
        assert line  # of its log
    server = int(line)
    keeper.kill()
    await keeper.wait()
    await until(lambda: not _runs(server))


async def test_a_server_that_was_left_behind_is_ended_before_the_store_is_used(tmp_path: Path) -> None:
    options = _options(tmp_path / "bus")
    async with open_bus_server(options, [HUB]):
        configuration, pid_file = tmp_path / "bus" / "nats-server.conf", tmp_path / "bus" / "nats-server.pid"
    pid_file.unlink(missing_ok=True)
    left = await asyncio.create_subprocess_exec(
        *(find_program(), "--config", configuration, "--pid", pid_file),
        stderr=subprocess.DEVNULL,
    )
    # It is made before it is written.
    await until(lambda: pid_file.exists() and pid_file.read_text() == str(left.pid))
    left.send_signal(signal.SIGSTOP)
    with structlog.testing.capture_logs() as lines:
        async with open_bus_server(options, [HUB]):
            assert await left.wait() == -signal.SIGKILL
    assert "bus_server_left_behind" in [line["event"] for line in lines]


async def test_a_process_of_another_program_with_the_old_number_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus" / "nats-server.pid").write_text(str(os.getpid()))
    async with open_bus_server(_options(tmp_path / "bus"), [HUB]) as server:
        assert server.pid not in {None, os.getpid()}
