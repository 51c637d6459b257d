"""How secrets and trust reach the drivers, and what follows when they change."""

from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.device import DeviceChange, DeviceContract
from micboard_tui.contracts.documents.secrets import secrets_document
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.ports import Driver, Manufacturer, SessionOptions
from micboard_tui.contracts.secrets import RefusalMemory, SecretContract
from micboard_tui.domain.command import Identify
from micboard_tui.domain.device import Device, DeviceFault, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import ListedRecipient
from micboard_tui.domain.secret import Secret, SecretError, SecretPlace, owner_device, owner_driver
from micboard_tui.services.assembly import build_services, build_synchronization
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes import vault
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.plugins import Plugins
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.secrets import InMemorySecrets
from tests.fakes.services import fake_adapters, in_memory
from tests.services.results import code_of, data_of, error_of
from tests.services.running_sessions import running_sessions

DOOR = Device(DeviceId("door"), vault.CODE, vault.DRIVER, "127.0.0.2", 4433, fingerprint=vault.CERTIFICATE)
OPEN = Device(DeviceId("open"), "plain", "plain", "127.0.0.3", 4434)
OWNER = owner_device(DOOR.id)
OPTIONS = SessionOptions(connect_timeout_s=0.2)


class Setup:
    """Everything that has to do with getting in, on a maker whose devices want a password."""

    def __init__(self, *devices: Device, refusals: RefusalMemory | None = None) -> None:
        self.opened: list[tuple[str, SessionOptions]] = []
        self.records = InMemoryDevices(*devices)
        self.secrets = InMemorySecrets()
        maker = vault.MANUFACTURER
        spec = maker.drivers[vault.DRIVER]
        plain = replace(
            spec,
            name="plain",
            open=self._open_plain,
            secret=None,
            has_certificate=False,
            certificate=None,
        )
        broken = replace(plain, name="broken", open=self._open_broken)
        plugins = Plugins(
            replace(maker, drivers={spec.name: replace(spec, open=self._open)}),
            Manufacturer("plain", "Plain", {"plain": plain, "broken": broken}),
            broken=["rubble"],
        )
        self.clock = SteadyClock()
        self.live = LiveState(self.clock)
        self.adapters = adapters = fake_adapters(
            in_memory(self.records),
            plugins,
            live=self.live,
            clock=self.clock,
            secrets=self.secrets,
            refusals=refusals,
            options=OPTIONS,
        )
        self.synchronization = build_synchronization(adapters).service
        services = build_services(adapters, self.synchronization)
        self.devices: DeviceContract = services.devices
        self.assignments: AssignmentContract = services.assignments
        self.service: SecretContract = services.secrets

    def _open(self, host: str, port: int, options: SessionOptions) -> Driver:
        self.opened.append((host, options))
        return vault.MANUFACTURER.drivers[vault.DRIVER].open(host, port, options)

    def _open_plain(self, host: str, port: int, options: SessionOptions) -> Driver:
        self.opened.append((host, options))
        return vault.VaultDriver(
            replace(options.access, secret=vault.PASSWORD, fingerprint=vault.CERTIFICATE)
        )

    def _open_broken(self, host: str, port: int, options: SessionOptions) -> Driver:
        raise LookupError

    def status(self, device: Device = DOOR) -> DeviceStatus | None:
        snapshot = self.live.device(device.id)
        return snapshot.state.status if snapshot else None

    def fault(self, device: Device = DOOR) -> str | None:
        snapshot = self.live.device(device.id)
        return snapshot.state.fault.code if snapshot and snapshot.state.fault else None


async def test_a_driver_gets_the_user_the_secret_and_the_certificate_of_its_device() -> None:
    setup = Setup(DOOR, OPEN)
    setup.secrets.kept[OWNER] = Secret(vault.PASSWORD, "me")
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.status() is setup.status(OPEN) is DeviceStatus.ONLINE)
    given = {host: options.access for host, options in setup.opened}
    access = given[DOOR.host]
    assert (access.user, access.secret, access.fingerprint) == ("me", vault.PASSWORD, vault.CERTIFICATE)
    assert given[OPEN.host].secret is None
    assert vault.PASSWORD not in repr(setup.opened)


async def test_a_secret_that_is_given_opens_the_session_that_waited_for_it() -> None:
    setup = Setup(DOOR)
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault() == "CREDENTIALS_NEEDED")
        assert setup.status() is DeviceStatus.REFUSED
        assert (await setup.service.keep(OWNER, vault.PASSWORD, actor="Pia")).success
        with anyio.fail_after(UNHURRIED_S):
            await until(lambda: setup.status() is DeviceStatus.ONLINE)
        assert len(setup.opened) == 2


async def test_a_wrong_password_is_tried_once_until_it_is_given_anew() -> None:
    setup = Setup(DOOR)
    setup.secrets.kept[OWNER] = Secret("wrong")
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault() == "CREDENTIALS_REFUSED")
        await setup.synchronization.refresh()
        await anyio.sleep(0.1)
        assert len(setup.opened) == 1
        # The same one: perhaps it was the device that has been corrected.
        await setup.service.keep(OWNER, "wrong", actor="Pia")
        await until(lambda: len(setup.opened) == 2)
        await setup.service.keep(owner_driver("another"), "x", actor="Pia")
        await anyio.sleep(0.1)
        assert len(setup.opened) == 2


class Refusals:
    """Remembers as the file does, from one program to the next."""

    def __init__(self) -> None:
        self.keys: dict[DeviceId, str] = {}

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        return 0.0 if self.keys.get(device_id) == key else None

    async def note(self, device_id: DeviceId, key: str) -> None:
        self.keys[device_id] = key


def next_day(refusals: Refusals, set_at: str = "yesterday") -> Setup:
    """Another program with the same wrong password."""
    setup = Setup(DOOR, refusals=refusals)
    setup.secrets.kept[OWNER] = Secret("wrong", set_at=set_at)
    return setup


@pytest.mark.parametrize("by_session", [True, False])
async def test_a_refused_password_is_not_tried_again_by_the_next_program(by_session: bool) -> None:
    """A poll that a timer starts would lock the device's account.

    Source: docs/reference/protocols/sennheiser.md 6.1.
    """
    refusals = Refusals()
    first = next_day(refusals)
    if by_session:
        async with running_sessions(first.synchronization):
            await until(lambda: first.fault() == "CREDENTIALS_REFUSED" and bool(refusals.keys))
    else:
        assert (await first.devices.sync_all_devices()).success
    assert len(first.opened) == 1

    for _ in range(3):
        setup = next_day(refusals)
        report = await setup.devices.sync_all_devices()
        assert report.data is not None
        fault = report.data.devices[0].state.fault
        assert fault is not None
        assert (fault.code, "not tried again" in fault.message) == ("CREDENTIALS_REFUSED", True)
        result = await setup.devices.execute(DOOR.id, Identify(), actor="Pia")
        assert code_of(result) is ErrorCode.CREDENTIALS_REFUSED
        assert not setup.opened


async def test_a_session_does_not_try_what_was_refused_unless_it_is_given_anew() -> None:
    refusals = Refusals()
    await next_day(refusals).devices.sync_all_devices()
    setup = next_day(refusals)
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault() == "CREDENTIALS_REFUSED")
    assert not setup.opened
    # The same one: perhaps the device was corrected.
    setup = next_day(refusals, set_at="today")
    await setup.devices.sync_all_devices()
    assert len(setup.opened) == 1


@pytest.mark.virtual_time
async def test_what_another_process_changes_is_taken_up_by_itself() -> None:
    setup = Setup(DOOR)
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault() == "CREDENTIALS_NEEDED")
        with anyio.fail_after(UNHURRIED_S):
            await setup.secrets.keep(OWNER, vault.PASSWORD, None)
            await until(lambda: setup.status() is DeviceStatus.ONLINE)
        with anyio.fail_after(UNHURRIED_S):
            setup.records.put(replace(DOOR, fingerprint="cd" * 32))
            await until(lambda: setup.fault() == "CERTIFICATE_CHANGED")
        assert setup.status() is DeviceStatus.REFUSED


async def test_a_certificate_is_trusted_and_tried_at_once() -> None:
    setup = Setup(replace(DOOR, fingerprint=None))
    setup.secrets.kept[OWNER] = Secret(vault.PASSWORD)
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault() == "CERTIFICATE_UNKNOWN")
        shown = await setup.devices.fetch_certificate(DOOR.id)
        assert shown.data == vault.CERTIFICATE
        assert setup.records.kept[DOOR.id].fingerprint is None
        trusted = await setup.devices.trust(
            DOOR.id, "SHA256 Fingerprint=" + ":".join(["AB"] * 32), actor="Pia"
        )
        assert trusted.data == DOOR
        await until(lambda: setup.status() is DeviceStatus.ONLINE)
        opened = len(setup.opened)
        await setup.devices.trust(DOOR.id, vault.CERTIFICATE, actor="Pia")
        await until(lambda: len(setup.opened) == opened + 1)
        await setup.devices.update(DOOR.id, DeviceChange(fingerprint=""), actor="Pia")
        await until(lambda: setup.fault() == "CERTIFICATE_UNKNOWN")


async def test_only_the_fingerprint_of_a_certificate_can_be_trusted() -> None:
    setup = Setup(DOOR)
    assert code_of(await setup.devices.trust(DOOR.id, "ab:cd", actor="Pia")) is ErrorCode.INVALID_VALUE
    added = await setup.devices.register("vault", "127.0.0.5", fingerprint="nonsense", actor="Pia")
    assert code_of(added) is ErrorCode.INVALID_VALUE
    added = await setup.devices.register("vault", "127.0.0.5", fingerprint="CD" * 32, actor="Pia")
    assert added.data is not None
    assert added.data.fingerprint == "cd" * 32
    assert (
        code_of(await setup.devices.trust(DeviceId("nobody"), "cd" * 32, actor="Pia"))
        is ErrorCode.DEVICE_NOT_FOUND
    )


async def test_devices_without_a_certificate_and_those_that_do_not_answer_say_so() -> None:
    away = replace(DOOR, id=DeviceId("away"), host="127.0.9.9")
    setup = Setup(OPEN, away)
    assert code_of(await setup.devices.fetch_certificate(OPEN.id)) is ErrorCode.COMMAND_NOT_SUPPORTED
    assert code_of(await setup.devices.fetch_certificate(away.id)) is ErrorCode.DEVICE_UNREACHABLE


async def test_a_certificate_is_trusted_only_of_a_device_that_has_one() -> None:
    setup = Setup(OPEN)
    fingerprint = "cd" * 32
    for refused in (
        await setup.devices.trust(OPEN.id, fingerprint, actor="Pia"),
        await setup.devices.update(OPEN.id, DeviceChange(fingerprint=fingerprint), actor="Pia"),
        await setup.devices.register("plain", "127.0.0.5", fingerprint=fingerprint, actor="Pia"),
    ):
        assert code_of(refused) is ErrorCode.COMMAND_NOT_SUPPORTED
        assert "has the driver plain, whose devices have no certificate" in error_of(refused).message
    assert setup.records.kept == {OPEN.id: OPEN}
    # What is trusted from before does not stand in the way of other changes, and can be taken back.
    setup.records.put(replace(OPEN, fingerprint=fingerprint))
    data_of(await setup.devices.update(OPEN.id, DeviceChange(name="Open"), actor="Pia"))
    data_of(await setup.devices.update(OPEN.id, DeviceChange(fingerprint=""), actor="Pia"))
    assert setup.records.kept[OPEN.id] == replace(OPEN, name="Open")


@pytest.mark.parametrize(
    ("device", "secret", "code"),
    [
        (DOOR, None, ErrorCode.CREDENTIALS_NEEDED),
        (DOOR, "wrong", ErrorCode.CREDENTIALS_REFUSED),
        (replace(DOOR, fingerprint=None), vault.PASSWORD, ErrorCode.CERTIFICATE_UNKNOWN),
        (replace(DOOR, fingerprint="cd" * 32), vault.PASSWORD, ErrorCode.CERTIFICATE_CHANGED),
    ],
)
async def test_whoever_is_asked_once_is_refused_for_the_same_reasons(
    device: Device, secret: str | None, code: ErrorCode
) -> None:
    setup = Setup(device)
    if secret is not None:
        setup.secrets.kept[OWNER] = Secret(secret)
    report = await setup.devices.sync_all_devices()
    assert report.data is not None
    (state,) = (each.state for each in report.data.devices)
    assert state.status is DeviceStatus.REFUSED
    assert isinstance(state.fault, DeviceFault)
    assert (state.fault.code, bool(state.fault.message), bool(state.fault.hint)) == (code, True, True)
    assert code_of(await setup.devices.execute(device.id, Identify(), actor="Pia")) is code
    setup.secrets.kept[OWNER] = Secret(vault.PASSWORD)
    await setup.devices.trust(device.id, vault.CERTIFICATE, actor="Pia")
    assert (await setup.devices.sync_device(vault.CODE, device.id)).success
    assert (await setup.devices.execute(device.id, Identify(), actor="Pia")).success


@pytest.mark.virtual_time
async def test_secrets_that_cannot_be_read_stop_only_the_devices_that_need_one() -> None:
    setup = Setup(DOOR, OPEN)
    setup.secrets.error = SecretError("It may be read by others", "chmod 600")
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault() == "SECRETS_UNREADABLE")
        assert setup.status() is DeviceStatus.REFUSED
        await until(lambda: setup.status(OPEN) is DeviceStatus.ONLINE)
        assert await setup.synchronization.execute(DOOR.id, Identify()) is None
        setup.secrets.error = None
        setup.secrets.changes += 1
        setup.secrets.kept[OWNER] = Secret(vault.PASSWORD)
        with anyio.fail_after(UNHURRIED_S):
            await until(lambda: setup.status() is DeviceStatus.ONLINE)


@pytest.mark.virtual_time
async def test_a_session_goes_on_while_its_secret_cannot_be_read() -> None:
    setup = Setup(DOOR)
    setup.secrets.kept[OWNER] = Secret(vault.PASSWORD)
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.status() is DeviceStatus.ONLINE)
        setup.secrets.error = SecretError("Locked", "Unlock it")
        setup.secrets.changes += 1
        await anyio.sleep(10)
        assert (setup.status(), len(setup.opened)) == (DeviceStatus.ONLINE, 1)
        setup.secrets.error = None
        setup.secrets.changes += 1
        del setup.secrets.kept[OWNER]
        await until(lambda: setup.fault() == "CREDENTIALS_NEEDED")


@pytest.mark.virtual_time
async def test_the_time_that_a_keyring_takes_is_not_that_of_the_device() -> None:
    setup = Setup(DOOR)
    setup.secrets.kept[OWNER] = Secret(vault.PASSWORD)
    setup.secrets.delay_s = 9.0
    (read,) = data_of(await setup.devices.sync_all_devices(timeout_s=2.0)).devices
    assert (read.state.status, read.state.fault) == (DeviceStatus.ONLINE, None)


async def test_a_driver_that_cannot_even_be_made_disturbs_nobody() -> None:
    broken = replace(OPEN, id=DeviceId("broken"), driver="broken", host="127.0.0.4")
    setup = Setup(broken, OPEN)
    async with running_sessions(setup.synchronization):
        await until(lambda: setup.fault(broken) == "API_ERROR")
        await until(lambda: setup.status(OPEN) is DeviceStatus.ONLINE)
        await setup.synchronization.retry(broken.id)
        await setup.synchronization.retry(DeviceId("nobody"))


# Giving and taking.


async def test_what_is_asked_for_is_told_before_it_is_asked() -> None:
    setup = Setup(DOOR, OPEN)
    need = (await setup.service.find_need("127.0.0.2", None)).data
    assert need is not None
    assert (need.owner, need.title, need.kind, need.user) == (OWNER, "127.0.0.2", "password", "admin")
    setup.records.states[DOOR.id] = replace(DeviceState(DOOR.id), own_name="Door")
    need = (await setup.service.find_need("127.0.0.2", None)).data
    assert need is not None
    assert need.title == "Door"
    need = (await setup.service.find_need(None, vault.DRIVER)).data
    assert need is not None
    assert (need.owner, need.title) == (owner_driver(vault.DRIVER), f"all devices of {vault.DRIVER}")
    for device, driver, code in (
        ("open", None, ErrorCode.INVALID_VALUE),
        (None, "plain", ErrorCode.INVALID_VALUE),
        (None, None, ErrorCode.INVALID_VALUE),
        ("door", vault.DRIVER, ErrorCode.INVALID_VALUE),
        ("nobody", None, ErrorCode.DEVICE_NOT_FOUND),
        (None, "telepathy", ErrorCode.DRIVER_NOT_SUPPORTED),
    ):
        assert code_of(await setup.service.find_need(device, driver)) is code


@pytest.mark.parametrize("value", ["", "x" * 1025, "two\nlines", "nul\0", "\udcff"])
async def test_no_device_has_such_a_password(value: str) -> None:
    setup = Setup(DOOR)
    result = await setup.service.keep(OWNER, value, actor="Pia")
    assert code_of(result) is ErrorCode.INVALID_VALUE
    assert not value or value not in repr(result)


async def test_a_variable_that_comes_first_is_told() -> None:
    setup = Setup(DOOR)
    setup.secrets.environment[OWNER] = Secret("from outside")
    kept = await setup.service.keep(OWNER, "x", user=" me ", place=SecretPlace.FILE, actor="Pia")
    assert (kept.data, kept.warning) == (
        SecretPlace.FILE,
        "A variable of the environment (MICBOARD_SECRETS__DOOR) still comes first",
    )
    assert setup.secrets.kept[OWNER].user == "me"
    forgotten = await setup.service.forget("door", None, actor="Pia")
    assert forgotten.data == (OWNER, (SecretPlace.FILE,))
    assert forgotten.warning
    assert (await setup.service.forget("door", None, actor="Pia")).data == (OWNER, ())
    setup.secrets.environment.clear()
    assert code_of(await setup.service.forget("door", None, actor="Pia")) is ErrorCode.INVALID_VALUE


async def test_secrets_of_what_is_gone_can_be_forgotten() -> None:
    setup = Setup()
    setup.secrets.kept[OWNER] = Secret("x")
    setup.secrets.kept[owner_driver("telepathy")] = Secret("x")
    assert (await setup.service.forget("door", None, actor="Pia")).success
    assert (await setup.service.forget(None, "telepathy", actor="Pia")).success
    assert code_of(await setup.service.forget("door", None, actor="Pia")) is ErrorCode.DEVICE_NOT_FOUND
    assert (
        code_of(await setup.service.forget(None, "telepathy", actor="Pia")) is ErrorCode.DRIVER_NOT_SUPPORTED
    )
    assert code_of(await setup.service.forget(None, vault.DRIVER, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await setup.service.forget(None, None, actor="Pia")) is ErrorCode.INVALID_VALUE


async def test_what_is_known_and_what_is_missing_is_listed() -> None:
    other = replace(DOOR, id=DeviceId("other"), host="127.0.0.8")
    setup = Setup(DOOR, other, OPEN)
    setup.secrets.kept[OWNER] = Secret(vault.PASSWORD, "me")
    listing = (await setup.service.list_secrets()).data
    assert listing is not None
    ((known, device),) = ((each.known, each.device) for each in listing.secrets)
    assert (known.owner, known.place, known.user, device) == (OWNER, SecretPlace.FILE, "me", DOOR)
    assert listing.missing == (other,)
    assert listing.recipients == ()
    assert vault.PASSWORD not in repr(listing)
    setup.secrets.kept[owner_driver(vault.DRIVER)] = Secret("x")
    setup.secrets.sealed_for = (ListedRecipient("hub", "hub", "", "key", 2, 1_000.0),)
    listing = (await setup.service.list_secrets()).data
    assert listing is not None
    assert listing.missing == ()
    assert secrets_document(listing)["recipients"] == [
        {
            "role": "hub",
            "name": "hub",
            "zone": None,
            "secrets": 2,
            "seen_at": "1970-01-01T00:16:40.000Z",
            "public_key": "key",
        }
    ]


async def test_a_store_that_does_not_work_says_so_everywhere() -> None:
    setup = Setup(DOOR)
    setup.secrets.error = SecretError("Locked", "Unlock it")
    for result in (
        await setup.service.keep(OWNER, "x", actor="Pia"),
        await setup.service.list_secrets(),
        await setup.service.forget("door", None, actor="Pia"),
        await setup.devices.execute(DOOR.id, Identify(), actor="Pia"),
    ):
        assert result.error is not None
        assert (result.error.code, result.error.hint) == (ErrorCode.SECRETS_UNREADABLE, "Unlock it")


async def test_who_stored_or_removed_a_secret_is_an_event_without_the_secret() -> None:
    setup = Setup(DOOR)
    await setup.service.keep(OWNER, vault.PASSWORD, actor="Pia")
    await setup.service.forget(DOOR.id, None, actor="Ben")
    await setup.service.keep(owner_driver(vault.DRIVER), vault.PASSWORD, actor="Pia")
    events = data_of(await setup.adapters.events.list_events(EventQuery()))
    assert [(each.text, each.actor, each.device_id) for each in events] == [
        ("Secret of 127.0.0.2 stored", "Pia", DOOR.id),
        ("Secret of 127.0.0.2 removed", "Ben", DOOR.id),
        (f"Secret of driver {vault.DRIVER} stored", "Pia", None),
    ]
    assert vault.PASSWORD not in repr(events)
