"""What users may do on a real server, tried with the plain client of NATS."""

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.kv import KeyValue

from micboard_tui.bus.server.access_rights import computer_rights, user_rights
from micboard_tui.bus.server.key_pairs import KeyPair, make_key_pair
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerUser
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.call_rights import CallRight
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.user import Permission
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.nats_clients import refusal
from tests.fakes.nats_server import NatsServer, running_server

pytestmark = pytest.mark.integration

SUBJECTS = Subjects()
RACK_A = DeviceId("rack-a")
ADA, WALTER = "Ada Löwe", "walter.>"
"""Names that are no tokens."""


@dataclass
class Person:
    """A client with what the server told it, and what it heard."""

    client: Client
    denied: list[str] = field(default_factory=list)
    heard: list[Msg] = field(default_factory=list)

    async def hear(self, message: Msg) -> None:
        self.heard.append(message)

    async def listen(self, subject: str) -> None:
        await self.client.subscribe(subject, cb=self.hear)
        await self.reach_server()

    async def reach_server(self) -> None:
        """Until the server has seen and answered all: the first ping overtakes what waits to be sent."""
        await self.client.flush()
        await self.client.flush()

    async def send(self, subject: str, reply: str = "") -> bool:
        """Whether the server takes it."""
        before = len(self.denied)
        await self.client.publish(subject, b"x", reply)
        await self.reach_server()
        return len(self.denied) == before

    def store(self) -> KeyValue:
        name = SUBJECTS.state_store
        return KeyValue(name, f"KV_{name}", f"$KV.{name}.", self.client.jetstream(timeout=1.0), direct=True)


@dataclass
class Rack:
    """A server with a hub and the keys of three users and the computer."""

    server: NatsServer
    hub_key: KeyPair
    keys: dict[str, KeyPair]
    hub: Person

    @asynccontextmanager
    async def enter(self, name: str) -> AsyncGenerator[Person]:
        async with _connected(self.server.url, self.keys[name], SUBJECTS.inbox(name)) as person:
            yield person


@asynccontextmanager
async def _connected(url: str, key: KeyPair, inbox: str) -> AsyncGenerator[Person]:
    client = Client()
    person = Person(client)

    async def note(error: Exception) -> None:
        person.denied.append(str(error))

    await client.connect(
        url, nkeys_seed_str=key.seed, inbox_prefix=inbox, error_cb=note, allow_reconnect=False
    )
    try:
        yield person
    finally:
        await client.close()


def _user(name: str, permission: Permission, keys: dict[str, KeyPair]) -> ServerUser:
    return ServerUser(keys[name].public_key, user_rights(permission, name, SUBJECTS))


@pytest.fixture
async def rack(tmp_path: Path) -> AsyncGenerator[Rack]:
    hub_key = make_key_pair()
    keys = {name: make_key_pair() for name in (ADA, WALTER, "wanda", "computer")}
    users = [
        ServerUser(hub_key.public_key, EVERYTHING),
        _user(ADA, Permission.CONTROL, keys),
        _user("wanda", Permission.WRITE, keys),
        _user(WALTER, Permission.WATCH, keys),
        ServerUser(keys["computer"].public_key, computer_rights(SUBJECTS)),
    ]
    async with (
        running_server(tmp_path / "nats", users) as server,
        _connected(server.url, hub_key, "_INBOX.hub") as hub,
    ):
        await hub.client.jetstream().create_key_value(bucket=SUBJECTS.state_store, direct=True)
        await hub.listen(f"{SUBJECTS.root}.>")
        yield Rack(server, hub_key, keys, hub)


def _call(right: CallRight, user: str, contract: str = "AnyContract") -> str:
    return SUBJECTS.call(right.value, user, contract, "method")


async def test_a_watcher_reads_the_present_as_it_is_and_as_it_changes(rack: Rack) -> None:
    await rack.hub.store().put("device.a", b"1")
    async with rack.enter(WALTER) as walter:
        raw = SUBJECTS.raw_values(RACK_A)
        for subject in (SUBJECTS.meters(RACK_A), raw, SUBJECTS.sweep(5), SUBJECTS.signs_of_life):
            await walter.listen(subject)
        watcher = await walter.store().watchall()
        entries = aiter(watcher)
        assert (await anext(entries)).value == b"1"
        assert await anext(entries) is None
        # Enough for the server to wait for a sign of how far the client has come.
        for number in range(200):
            await rack.hub.store().put(f"device.{number}", bytes(4000))
        for number in range(200):
            assert (await anext(entries)).key == f"device.{number}"
        for subject in (SUBJECTS.meters(RACK_A), raw, SUBJECTS.sweep(5), SUBJECTS.sign_of_life("p1")):
            await rack.hub.send(subject)
        await until(lambda: len(walter.heard) == 4)
        assert await walter.send(SUBJECTS.interest("board-1"))
        await watcher.stop()  # type: ignore[no-untyped-call] # of the library
        assert not walter.denied


async def test_a_watcher_asks_and_changes_nothing(rack: Rack) -> None:
    async with rack.enter(WALTER) as walter:
        assert await walter.send(_call(CallRight.READ, WALTER))
        for right in (CallRight.WRITE, CallRight.CONTROL, CallRight.SECRET):
            assert not await walter.send(_call(right, WALTER))
        assert [message.subject for message in rack.hub.heard] == [_call(CallRight.READ, WALTER)]


async def test_each_role_calls_what_it_may_and_no_more(rack: Rack) -> None:
    async with rack.enter("wanda") as wanda, rack.enter(ADA) as ada:
        assert await wanda.send(_call(CallRight.WRITE, "wanda"))
        assert not await wanda.send(_call(CallRight.CONTROL, "wanda"))
        assert await ada.send(_call(CallRight.CONTROL, ADA))
        assert await ada.send(_call(CallRight.SECRET, ADA, "SecretContract"))
        assert not await ada.send(_call(CallRight.SECRET, ADA, "UserContract"))


async def test_no_user_acts_under_the_name_of_another(rack: Rack) -> None:
    async with rack.enter(ADA) as ada, rack.enter(WALTER) as walter:
        assert not await ada.send(_call(CallRight.READ, "wanda"))
        assert not await walter.send(_call(CallRight.READ, ADA))
        assert not await walter.send(f"{SUBJECTS.root}.rpc.read.*.AnyContract.method")


async def test_not_even_control_forges_the_present_or_an_answer(rack: Rack) -> None:
    stream = f"KV_{SUBJECTS.state_store}"
    async with rack.enter(ADA) as ada:
        for forged in (
            SUBJECTS.meters(RACK_A),
            SUBJECTS.raw_values(RACK_A),
            SUBJECTS.sweep(1),
            SUBJECTS.sign_of_life("p1"),
            f"$KV.{SUBJECTS.state_store}.device.a",
            f"$JS.API.STREAM.DELETE.{stream}",
            f"$JS.API.STREAM.PURGE.{stream}",
            f"$JS.API.STREAM.MSG.DELETE.{stream}",
            f"$JS.API.STREAM.UPDATE.{stream}",
            f"$JS.API.DIRECT.GET.{stream}.$KV.{SUBJECTS.state_store}.device.a",
            "$JS.API.STREAM.CREATE.other",
            "$JS.API.CONSUMER.CREATE.KV_other",
            "_INBOX.wanda.x",
        ):
            assert not await ada.send(forged), forged
        assert not rack.hub.heard


async def test_not_even_control_takes_part_in_a_fleet_as_its_programs_do(rack: Rack) -> None:
    at_collector = SUBJECTS.at("stage left")
    async with rack.enter(ADA) as ada:
        forged = [
            SUBJECTS.layout_changed,
            at_collector.call(CallRight.READ.value, ADA, "DeviceContract", "find"),
            at_collector.call(CallRight.CONTROL.value, ADA, "DeviceContract", "execute"),
            at_collector.call_follow_up(ADA),
            # Behind a name that reads as if it were a part of the subject.
            SUBJECTS.call(CallRight.CONTROL.value, "at", "DeviceContract", "execute"),
        ]
        for store in (SUBJECTS.collector_store, SUBJECTS.owner_store):
            forged += [
                f"$KV.{store}.device.a",
                f"$JS.API.STREAM.CREATE.KV_{store}",
                f"$JS.API.STREAM.PURGE.KV_{store}",
                f"$JS.API.STREAM.INFO.KV_{store}",
                f"$JS.API.CONSUMER.CREATE.KV_{store}",
                f"$JS.API.CONSUMER.CREATE.KV_{store}.name.$KV.{store}.>",
                f"$JS.API.DIRECT.GET.KV_{store}.$KV.{store}.device.a",
                f"$JS.API.STREAM.MSG.GET.KV_{store}",
            ]
        for subject in forged:
            assert not await ada.send(subject), subject
        for number, subject in enumerate((at_collector.calls, SUBJECTS.layout_changed), len(forged) + 1):
            await ada.listen(subject)
            assert len(ada.denied) == number, subject
        assert not rack.hub.heard


async def test_a_program_of_the_site_takes_part_in_all_of_it(tmp_path: Path) -> None:
    programs, users = make_key_pair(), [ServerUser(make_key_pair().public_key, EVERYTHING)]
    users.append(ServerUser(programs.public_key, EVERYTHING))
    async with (
        running_server(tmp_path / "nats", users) as server,
        _connected(server.url, programs, "_INBOX_of_a_program") as collector,
    ):
        for store in (SUBJECTS.collector_store, SUBJECTS.owner_store):
            made = await collector.client.jetstream().create_key_value(bucket=store, direct=True)
            assert await made.put("a", b"1")
        assert await collector.send(SUBJECTS.layout_changed)
        assert await collector.send(SUBJECTS.at("left").call("control", "Ada", "DeviceContract", "execute"))


async def test_not_even_control_reads_the_answers_or_calls_of_others(rack: Rack) -> None:
    async with rack.enter(ADA) as ada:
        foreign = (
            f"{SUBJECTS.inbox('wanda')}.>",
            "_INBOX.>",
            "_INBOX.*.answer",
            ">",
            f"{SUBJECTS.root}.>",
            f"{SUBJECTS.root}.rpc.>",
            SUBJECTS.interests,
        )
        for number, subject in enumerate(foreign, start=1):
            await ada.listen(subject)
            assert len(ada.denied) == number, subject
        await rack.hub.send(f"{SUBJECTS.inbox('wanda')}.answer")
        await rack.hub.send(_call(CallRight.SECRET, "wanda"))
        await ada.reach_server()
        assert not ada.heard


async def test_answers_reach_the_inbox_of_the_one_who_asked(rack: Rack) -> None:
    async def answer(message: Msg) -> None:
        await rack.hub.client.publish(message.reply, b"yes")

    await rack.hub.client.subscribe(SUBJECTS.calls, cb=answer)
    await rack.hub.reach_server()
    async with rack.enter(WALTER) as walter:
        reply = await walter.client.request(_call(CallRight.READ, WALTER), timeout=UNHURRIED_S)
        assert reply.data == b"yes"
        assert reply.subject.startswith(SUBJECTS.inbox(WALTER))


async def test_the_computer_of_the_server_acts_for_its_users_and_forges_no_meters(rack: Rack) -> None:
    async with rack.enter("computer") as computer:
        assert await computer.send(_call(CallRight.SECRET, "root", "UserContract"))
        assert await computer.send(_call(CallRight.CONTROL, "root"))
        assert not await computer.send(SUBJECTS.meters(RACK_A))
        await computer.listen(f"{SUBJECTS.inbox('root')}.>")
        await rack.hub.send(f"{SUBJECTS.inbox('root')}.answer")
        await until(lambda: len(computer.heard) == 1)


async def test_a_right_that_is_taken_or_given_holds_at_once(rack: Rack) -> None:
    hub = ServerUser(rack.hub_key.public_key, EVERYTHING)
    async with rack.enter(ADA) as ada:
        await rack.server.set_users([hub, _user(ADA, Permission.WATCH, rack.keys)])
        assert not await ada.send(_call(CallRight.WRITE, ADA))
        await rack.server.set_users([hub, _user(ADA, Permission.WRITE, rack.keys)])
        assert await ada.send(_call(CallRight.WRITE, ADA))
        assert not await ada.send(_call(CallRight.CONTROL, ADA))
        await rack.server.set_users([hub])
        await until(lambda: ada.client.is_closed)


async def test_no_key_and_an_unknown_key_are_refused(rack: Rack) -> None:
    assert "Authorization" in str(await refusal(rack.server.url))
    assert "Authorization" in str(await refusal(rack.server.url, make_key_pair().seed))


async def test_over_tls_only_a_server_whose_certificate_is_trusted_gets_the_proof_of_a_key(
    tmp_path: Path,
) -> None:
    authority, other, key = trustme.CA(), trustme.CA(), make_key_pair()
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "rack.pem")
    issued.private_key_pem.write_to_path(tmp_path / "rack.key")
    users = [ServerUser(key.public_key, EVERYTHING)]
    server = NatsServer(
        tmp_path / "nats", users, certificate=tmp_path / "rack.pem", key=tmp_path / "rack.key"
    )
    try:
        await server.start()
        assert await refusal(server.url, key.seed, _trusting(authority.configure_trust)) is None
        wrong = await refusal(server.url, key.seed, _trusting(other.configure_trust))
        assert isinstance(wrong, ssl.SSLError)
        plain = server.url.replace("tls://", "nats://")
        assert await refusal(plain, key.seed, _trusting(other.configure_trust)) is not None
    finally:
        await server.end()


def _trusting(configure: Callable[[ssl.SSLContext], None]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    configure(context)
    return context
