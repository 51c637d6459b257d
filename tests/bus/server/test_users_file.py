"""Who comes in at a NATS server that another program starts, tried with a real one."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from micboard_tui.bus.connection import BusError
from micboard_tui.bus.given_bus import (
    GivenServer,
    address_of,
    check_room,
    check_server,
    connect_to,
    is_new_enough,
)
from micboard_tui.bus.nats_connection import BusAddress, NatsConnection
from micboard_tui.bus.server.key_pairs import make_key_pair, read_program_key
from micboard_tui.bus.server.server_configuration import (
    EVERYTHING,
    ServerAddress,
    ServerUser,
    authorization_text,
    standalone_text,
)
from micboard_tui.bus.server.server_process import ClientPlace, ServerProcess, start_process
from micboard_tui.bus.server.users_file import UsersFile, UsersFileOptions
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.start_error import ConfigError
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.user import Permission
from micboard_tui.services.steady_clock import steady_s
from tests.fakes.events import RecordedEvents
from tests.fakes.nats_clients import refusal
from tests.fakes.nats_server import HOST, NAME, find_program, free_port
from tests.fakes.stored_users import FastHasher, InMemoryUsers, build_users
from tests.services.results import data_of
from tests.services.stage import Clock

SUBJECTS = Subjects()
PROGRAMS = make_key_pair()
FIXED = [ServerUser(PROGRAMS.public_key, EVERYTHING)]


class Site:
    """A server with the files of ``serve init``, and users who come and go."""

    def __init__(self, directory: Path) -> None:
        self.url = ""
        self.users_file, self.pid_file = directory / "users.conf", directory / "nats.pid"
        self.users = build_users(InMemoryUsers(), FastHasher(), RecordedEvents(), Clock())
        self.told: list[str] = []
        self._configuration = directory / "nats-server.conf"
        self._store = directory / "store"

    async def start(self) -> ServerProcess:
        address = ServerAddress(HOST, free_port())
        self.url = f"nats://{HOST}:{address.port}"
        self.users_file.write_text(authorization_text(FIXED))
        self._configuration.write_text(
            standalone_text(NAME, address, self._store, self.pid_file, self.users_file.name)
        )
        process = await start_process(find_program(), self._configuration, self.pid_file)
        await process.wait_ready(ClientPlace(HOST, address.port), NAME)
        return process

    def file(self, pid_file: Path | None) -> UsersFile:
        options = UsersFileOptions(self.users_file, pid_file, FIXED, SUBJECTS)
        return UsersFile(options, self.users, self.told.append)

    async def connect(self, seed: str | None) -> NatsConnection:
        return await connect_to(address_of(GivenServer(self.url, seed)), "test", steady_s)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site]:
    made = Site(tmp_path)
    process = await made.start()
    try:
        yield made
    finally:
        await process.end()


@pytest.mark.integration
async def test_users_come_in_as_soon_as_the_hub_has_written_them(site: Site) -> None:
    ada, file = make_key_pair(), site.file(site.pid_file)
    assert await refusal(site.url, ada.seed) is not None
    data_of(await site.users.add_user("Ada", Permission.WATCH, actor="Pia"))
    data_of(await site.users.set_key("Ada", ada.public_key, actor="Pia"))
    await file.look()

    async def comes_in() -> bool:
        return await refusal(site.url, ada.seed) is None

    for _ in range(500):
        if await comes_in():
            break
    assert await comes_in()
    assert await refusal(site.url, PROGRAMS.seed) is None
    assert site.users_file.stat().st_mode & 0o077 == 0
    assert not site.told
    written = site.users_file.stat().st_mtime_ns
    await file.look()
    assert site.users_file.stat().st_mtime_ns == written


@pytest.mark.integration
async def test_the_server_of_our_configuration_will_do_and_a_program_comes_in_with_its_key(
    site: Site,
) -> None:
    connection = await site.connect(PROGRAMS.seed)
    try:
        facts = await check_server(connection, site.url)
        assert facts.has_streams
        assert facts.asks_for_keys
        await check_room(connection, SUBJECTS, site.url)
        store = connection.find_store(SUBJECTS.owner_store)
        assert await store.put("a", b"1")
    finally:
        await connection.close()
    for seed, words in ((None, "without a key"), (make_key_pair().seed, "with this key")):
        with pytest.raises(StartError, match=words) as refused:
            await site.connect(seed)
        assert refused.value.code is ErrorCode.NOT_ALLOWED
        assert "program.key" in refused.value.info.hint


@pytest.mark.integration
async def test_a_server_without_streams_is_refused_with_the_cure(tmp_path: Path) -> None:
    address = ServerAddress(HOST, free_port())
    configuration = tmp_path / "nats-server.conf"
    configuration.write_text(f'server_name: "{NAME}"\nhost: "{HOST}"\nport: {address.port}\n')
    process = await start_process(find_program(), configuration, tmp_path / "pid")
    url = f"nats://{HOST}:{address.port}"
    try:
        await process.wait_ready(ClientPlace(HOST, address.port), NAME)
        connection = await connect_to(BusAddress(url), "test", steady_s)
        with pytest.raises(StartError, match="JetStream is off") as refused:
            await check_server(connection, url)
        assert "serve init" in refused.value.info.hint
        await connection.close()
    finally:
        await process.end()


@pytest.mark.integration
@pytest.mark.parametrize(("memory", "file"), [("40MB", "64MB"), ("64MB", "40MB")])
async def test_a_server_without_room_for_our_stores_is_refused_with_the_cure(
    tmp_path: Path, memory: str, file: str
) -> None:
    address = ServerAddress(HOST, free_port())
    configuration = tmp_path / "nats-server.conf"
    room = f'store_dir: "{tmp_path}", max_memory_store: {memory}, max_file_store: {file}'
    configuration.write_text(
        f'server_name: "{NAME}"\nhost: "{HOST}"\nport: {address.port}\njetstream {{ {room} }}\n'
    )
    process = await start_process(find_program(), configuration, tmp_path / "pid")
    url = f"nats://{HOST}:{address.port}"
    try:
        await process.wait_ready(ClientPlace(HOST, address.port), NAME)
        connection = await connect_to(BusAddress(url), "test", steady_s)
        assert (await check_server(connection, url)).has_streams
        with pytest.raises(StartError, match="insufficient") as refused:
            await check_room(connection, SUBJECTS, url)
        assert "64 MB each" in refused.value.info.hint
        await connection.close()
    finally:
        await process.end()


@pytest.mark.integration
async def test_no_server_at_all_is_told_with_its_address() -> None:
    url = f"nats://{HOST}:{free_port()}"
    with pytest.raises(StartError, match=url) as refused:
        await connect_to(BusAddress(url), "test", steady_s)
    assert refused.value.code is ErrorCode.BUS_LOST
    assert isinstance(refused.value.__cause__, BusError)


async def test_without_a_process_number_a_person_is_told_what_to_run(tmp_path: Path) -> None:
    site = Site(tmp_path)
    file = site.file(None)
    await file.look()
    await file.look()
    assert [told.count("nats-server --signal reload") for told in site.told] == [1]
    assert PROGRAMS.public_key in site.users_file.read_text()


@pytest.mark.parametrize("content", [None, "", "rack", "1", "-5"])
async def test_a_server_that_cannot_be_told_is_reported_once_and_tried_again(
    tmp_path: Path, content: str | None
) -> None:
    site = Site(tmp_path)
    if content is not None:
        site.pid_file.write_text(content)
    file = site.file(site.pid_file)
    await file.look()
    await file.look()
    assert len(site.told) == 1
    assert "nats-server --signal reload" in site.told[0]


async def test_a_file_that_cannot_be_written_is_reported_once(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.users_file.mkdir()
    file = site.file(None)
    await file.look()
    await file.look()
    assert len(site.told) == 1
    assert "could not be changed" in site.told[0]


@pytest.mark.parametrize(
    ("version", "will_do"),
    [
        ("2.11.0", True),
        ("2.10.29", False),
        ("2.9.10", False),
        ("3.0.0", True),
        ("2.12.0-RC.1", True),
        ("", False),
    ],
)
def test_a_server_is_new_enough_from_2_11_on(version: str, will_do: bool) -> None:
    assert is_new_enough(version) is will_do


@pytest.mark.parametrize("content", [None, "", "not a key", 'user = "Ada"\nseed = "SU"\n'])
def test_what_is_no_key_of_programs_is_told_and_left_alone(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "program.key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError, match=r"program\.key") as refused:
        read_program_key(file)
    assert "machine of the hub" in refused.value.hint
    if content is not None:
        assert file.read_text() == content
