"""Secrets of a fleet: who is given which, who opens what, and what is left when parts are away."""

from dataclasses import replace

import anyio
import pytest

from micboard_tui.config.secret_mask import HIDDEN
from micboard_tui.contracts.errors import StorageError
from micboard_tui.domain.secret import SecretError, SecretPlace
from micboard_tui.services.fleet.box_distribution import FORGOTTEN_AFTER_S, GRACE_S, LOOK_S, SEEN_S
from micboard_tui.services.fleet.record_secrets import LOOK_S as READ_S
from tests.services.fleet.site import DOOR, GATE, OF_DOOR, OF_DRIVER, OF_GATE, Computer, Site, running

pytestmark = pytest.mark.virtual_time

SOON_S = 2 * LOOK_S + READ_S


async def test_a_secret_reaches_the_collectors_of_its_zone_and_no_other() -> None:
    site = Site(DOOR, GATE)
    hub, stage, foh = Computer(site, "hub"), Computer(site, "a", "stage"), Computer(site, "b", "foh")
    async with running(hub, stage, foh):
        await anyio.sleep(SOON_S)
        assert await hub.store.keep(OF_DOOR, "S3cret!Pass", "audio") is SecretPlace.RECORD
        await anyio.sleep(SOON_S)
    assert site.holders(OF_DOOR) == {"hub", "a"}
    found = await stage.store.read(DOOR.id, DOOR.driver)
    at_hub = await hub.store.read(DOOR.id, DOOR.driver)
    assert found == at_hub
    assert found is not None
    assert (found.value, found.user, found.set_at is None) == ("S3cret!Pass", "audio", False)
    with pytest.raises(SecretError) as unsealed:
        await foh.store.read(DOOR.id, DOOR.driver)
    assert "not sealed for this computer" in str(unsealed.value)
    assert "micboard-tui secrets set DEVICE" in unsealed.value.hint
    assert await stage.store.read(GATE.id, "another") is None
    assert stage.mask("S3cret!Pass") == HIDDEN


async def test_a_collector_that_comes_later_is_given_what_it_may_open_and_that_is_an_event() -> None:
    site = Site(DOOR, GATE)
    hub, late = Computer(site, "hub"), Computer(site, "late", "stage")
    await hub.store.keep(OF_DOOR, "one", None)
    await hub.store.keep(OF_GATE, "two", None)
    await hub.store.keep(OF_DRIVER, "three", None)
    async with running(hub, late):
        await anyio.sleep(SOON_S)
        assert await late.password(DOOR) == "one"
    assert site.holders(OF_GATE) == {"hub"}
    assert site.holders(OF_DRIVER) == {"hub", "late"}
    listed = [
        (each.role, each.name, each.zone, each.secrets, each.seen_at) for each in await hub.store.recipients()
    ]
    assert listed == [("hub", "hub", "", 3, 1000.0), ("collector", "late", "stage", 2, 1000.0)]
    assert [event.text for event in site.events.events] == ["2 secrets given to collector late of zone stage"]
    assert site.events.events[0].details == {"recipient": late.recipient.public_key}


async def test_a_revision_changes_with_what_a_session_may_wait_for_and_not_by_itself() -> None:
    site = Site(DOOR)
    hub, stage = Computer(site, "hub"), Computer(site, "a", "stage")
    async with running(hub, stage):
        await anyio.sleep(SOON_S)
        seen = [await stage.store.revision()]
        await hub.store.keep(OF_DOOR, "one", None)
        await anyio.sleep(READ_S)
        seen.append(await stage.store.revision())
        await hub.store.forget(OF_DOOR)
        await anyio.sleep(READ_S)
        seen.append(await stage.store.revision())
        assert len(set(seen)) == len(seen)
        reads = site.sealed.reads
        await anyio.sleep(10 * SEEN_S)
        assert await stage.store.revision() == seen[-1]
    assert site.sealed.reads == reads


async def test_a_device_in_another_zone_is_opened_there_and_no_more_in_the_former_one() -> None:
    site = Site(DOOR)
    hub, stage, foh = Computer(site, "hub"), Computer(site, "a", "stage"), Computer(site, "b", "foh")
    async with running(hub, stage, foh):
        await anyio.sleep(SOON_S)
        await hub.store.keep(OF_DOOR, "one", None)
        site.devices.put(replace(DOOR, zone="foh"))
        await anyio.sleep(SOON_S)
        assert site.holders(OF_DOOR) == {"hub", "b"}
        assert await foh.password(DOOR) == "one"
        with pytest.raises(SecretError):
            await stage.store.read(DOOR.id, DOOR.driver)


async def test_without_a_hub_that_can_open_it_a_collector_of_the_zone_seals_it_after_a_while() -> None:
    site = Site(DOOR)
    stage = Computer(site, "a", "stage")
    await stage.store.keep(OF_DOOR, "one", None)
    hub, late, foh = Computer(site, "hub"), Computer(site, "late", "stage"), Computer(site, "b", "foh")
    async with running(stage, hub, late, foh):
        await anyio.sleep(GRACE_S - LOOK_S)
        assert site.holders(OF_DOOR) == {"a"}
        await anyio.sleep(3 * LOOK_S)
        assert site.holders(OF_DOOR) == {"a", "hub", "late"}
        assert await late.password(DOOR) == await hub.password(DOOR) == "one"


async def test_a_lost_key_makes_a_new_recipient_and_the_old_one_is_forgotten_in_the_end() -> None:
    site = Site(DOOR)
    hub, before = Computer(site, "hub"), Computer(site, "a", "stage")
    async with running(hub, before):
        await anyio.sleep(SOON_S)
        await hub.store.keep(OF_DOOR, "one", None)
    again = Computer(site, "a", "stage")
    async with running(hub, again):
        await anyio.sleep(SOON_S)
        assert await again.password(DOOR) == "one"
        site.clock.now += FORGOTTEN_AFTER_S - 2 * SEEN_S
        await anyio.sleep(2 * SEEN_S)
        assert len(site.sealed.recipients) == 3
        site.clock.now += 3 * SEEN_S
        await anyio.sleep(2 * SEEN_S)
        assert set(site.sealed.recipients) == {hub.recipient.public_key, again.recipient.public_key}
        assert await again.password(DOOR) == "one"


async def test_a_recipient_that_is_not_in_the_database_any_more_enters_itself_again() -> None:
    site = Site(DOOR)
    hub = Computer(site, "hub")
    async with running(hub):
        await anyio.sleep(SOON_S)
        # An old copy was put in its place.
        site.sealed.recipients.clear()
        site.sealed.changes += 1
        await anyio.sleep(SOON_S)
        assert list(site.sealed.recipients) == [hub.recipient.public_key]


async def test_many_secrets_are_given_within_seconds() -> None:
    site = Site(DOOR)
    hub, late = Computer(site, "hub"), Computer(site, "late", "stage")
    devices = [replace(DOOR, id=type(DOOR.id)(f"{number}"), host=f"host{number}") for number in range(120)]
    for device in devices:
        site.devices.put(device)
        await hub.store.keep(type(OF_DOOR)(OF_DOOR.kind, device.id), "one", None)
    async with running(hub, late):
        await anyio.sleep(SOON_S + 1.0)
        assert await late.password(devices[-1]) == "one"
    assert {event.text for event in site.events.events} == {
        "50 secrets given to collector late of zone stage",
        "20 secrets given to collector late of zone stage",
    }


async def test_while_the_database_is_away_what_was_known_last_is_used() -> None:
    site = Site(DOOR, GATE)
    hub, stage, new = Computer(site, "hub"), Computer(site, "a", "stage"), Computer(site, "new", "stage")
    async with running(hub, stage):
        await anyio.sleep(SOON_S)
        await hub.store.keep(OF_DOOR, "one", None)
        await anyio.sleep(READ_S)
        before = await stage.store.revision()
        site.database.is_away = True
        await anyio.sleep(SEEN_S)
        assert await stage.password(DOOR) == "one"
        assert await stage.store.revision() == before
        assert await new.store.revision() == ""
        with pytest.raises(StorageError):
            await new.store.read(DOOR.id, DOOR.driver)
        with pytest.raises(StorageError):
            await hub.store.keep(OF_DOOR, "two", None)
        site.database.is_away = False
        await hub.store.keep(OF_DOOR, "two", None)
        await anyio.sleep(SOON_S)
        assert await stage.password(DOOR) == "two"


async def test_a_variable_of_the_environment_comes_first_and_a_devices_own_before_its_drivers() -> None:
    site = Site(DOOR)
    hub = Computer(site, "hub")
    stage = Computer(
        site, "a", "stage", {"MICBOARD_SECRETS__DOOR": "mine", "MICBOARD_SECRETS__DOOR__USER": "me"}
    )
    await hub.store.keep(OF_DRIVER, "of all", "audio")
    await hub.store.keep(OF_DOOR, "of the door", None)
    async with running(hub, stage):
        await anyio.sleep(SOON_S)
        assert await stage.password(DOOR) == "mine"
        assert await hub.password(DOOR) == "of the door"
        assert await hub.password(GATE) == "of all"
    known = await stage.store.known([OF_DOOR])
    assert [(each.owner, each.place, each.user) for each in known] == [
        (OF_DOOR, SecretPlace.ENVIRONMENT, "me"),
        (OF_DOOR, SecretPlace.RECORD, None),
        (OF_DRIVER, SecretPlace.RECORD, "audio"),
    ]


async def test_a_secret_is_kept_in_the_record_only_and_removed_with_all_its_boxes() -> None:
    site = Site(DOOR)
    hub = Computer(site, "hub")
    with pytest.raises(SecretError, match="from the record"):
        await hub.store.keep(OF_DOOR, "one", None, SecretPlace.FILE)
    await hub.store.keep(OF_DOOR, "one", None, SecretPlace.RECORD)
    assert list(await hub.store.forget(OF_DOOR)) == [SecretPlace.RECORD]
    assert list(await hub.store.forget(OF_DOOR)) == []
    assert await hub.password(DOOR) is None
    assert not site.sealed.boxes


async def test_boxes_that_were_exchanged_in_the_database_open_nothing_and_are_given_to_no_one() -> None:
    site = Site(DOOR, GATE)
    hub, late = Computer(site, "hub"), Computer(site, "late", "stage")
    await hub.store.keep(OF_DOOR, "one", None)
    await hub.store.keep(OF_GATE, "two", None)
    own = hub.recipient.public_key
    door, gate = site.sealed.boxes[OF_DOOR, own], site.sealed.boxes[OF_GATE, own]
    site.sealed.boxes[OF_DOOR, own] = replace(door, box=gate.box)
    site.sealed.changes += 1
    with pytest.raises(SecretError, match="another device or driver"):
        await hub.store.read(DOOR.id, DOOR.driver)
    async with running(hub, late):
        await anyio.sleep(SOON_S)
    assert site.holders(OF_DOOR) == {"hub"}


async def test_a_recipient_without_a_key_keeps_no_other_from_being_given_secrets() -> None:
    site = Site(DOOR)
    hub, late = Computer(site, "hub"), Computer(site, "late", "stage")
    await site.sealed.register(replace(late.recipient, public_key="no key", name="odd"))
    # A key of zeros is one in form only.
    await site.sealed.register(replace(late.recipient, public_key="A" * 43 + "=", name="zero"))
    await hub.store.keep(OF_DOOR, "one", None)
    async with running(hub, late):
        await anyio.sleep(SOON_S)
        assert await late.password(DOOR) == "one"
    assert site.holders(OF_DOOR) == {"hub", "late"}
