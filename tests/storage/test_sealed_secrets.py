"""Sealed secrets and refused keys: the same holds for the fake and for a database of each kind."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import NamedTuple

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.sealed_secrets import RefusedKeyRepository, SealedSecretRepository
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import BoxPlacement, Recipient, RecipientRole, SealedSecret
from micboard_tui.domain.secret import SecretOwner, owner_device, owner_driver
from micboard_tui.storage.database import open_database
from tests.fakes.sealed_secrets import InMemoryRefusedKeys, InMemorySealedSecrets
from tests.services.stage import Clock
from tests.storage.records import run_sql

HUB = Recipient("hub-key", "hub", RecipientRole.HUB, "")
STAGE = Recipient("stage-key", "collector-stage", RecipientRole.COLLECTOR, "stage")
RACK, DRIVER = owner_device(DeviceId("rack")), owner_driver("sennheiser-sscv2")
MONTH_S = 30 * 24 * 3600.0
DAY_S = 24 * 3600.0


class Sealed(NamedTuple):
    secrets: SealedSecretRepository
    refused: RefusedKeyRepository
    clock: Clock | None
    url: URL | str | None

    async def age(self, seconds: float) -> None:
        """As if so much time had gone by since all that was written."""
        if self.clock is not None:
            self.clock.now += seconds
        if self.url is not None:
            await run_sql(self.url, "UPDATE secret_recipients SET seen_at = seen_at - :age", {"age": seconds})
            await run_sql(self.url, "UPDATE refused_keys SET at = at - :age", {"age": seconds})


@pytest.fixture
async def sealed(store_url: URL | str | None) -> AsyncGenerator[Sealed]:
    if store_url is None:
        clock = Clock()
        yield Sealed(InMemorySealedSecrets(clock), InMemoryRefusedKeys(clock), clock, None)
        return
    async with open_database(store_url) as database:
        yield Sealed(database.sealed_secrets, database.refused_keys, None, store_url)


def box(
    owner: SecretOwner, recipient: Recipient, content: str = "sealed", set_at: str = "today"
) -> SealedSecret:
    return SealedSecret(BoxPlacement(owner, recipient.public_key, "audio", set_at), content)


async def test_a_recipient_is_entered_once_and_only_a_change_of_it_raises_the_revision(
    sealed: Sealed,
) -> None:
    seen = [await sealed.secrets.revision()]
    await sealed.secrets.register(HUB)
    seen.append(await sealed.secrets.revision())
    await sealed.secrets.register(HUB)
    assert await sealed.secrets.revision() == seen[-1]
    await sealed.secrets.register(STAGE)
    seen.append(await sealed.secrets.revision())
    await sealed.secrets.register(replace(STAGE, zone="foh"))
    seen.append(await sealed.secrets.revision())
    assert len(set(seen)) == len(seen)
    recipients = (await sealed.secrets.read_record()).recipients
    assert [replace(recipient, seen_at=None) for recipient in recipients] == [replace(STAGE, zone="foh"), HUB]
    assert all((recipient.seen_at or 0) > 0 for recipient in recipients)


async def test_a_new_secret_takes_the_place_of_all_boxes_of_the_one_before(sealed: Sealed) -> None:
    await sealed.secrets.register(HUB)
    await sealed.secrets.register(STAGE)
    await sealed.secrets.replace(RACK, [box(RACK, HUB), box(RACK, STAGE)])
    await sealed.secrets.replace(DRIVER, [box(DRIVER, HUB)])
    before = await sealed.secrets.revision()
    new = box(RACK, STAGE, "anew", "tomorrow")
    # One recipient is forgotten meanwhile.
    await sealed.secrets.replace(RACK, [new, box(RACK, replace(HUB, public_key="gone"), "x", "tomorrow")])
    assert await sealed.secrets.revision() != before
    assert list(await sealed.secrets.read_boxes(STAGE.public_key)) == [new]
    assert list(await sealed.secrets.read_boxes(HUB.public_key)) == [box(DRIVER, HUB)]
    placements = (await sealed.secrets.read_record()).placements
    assert set(placements) == {new.placement, box(DRIVER, HUB).placement}


async def test_a_box_is_added_only_for_a_known_recipient_without_one_and_of_the_newest_secret(
    sealed: Sealed,
) -> None:
    await sealed.secrets.register(HUB)
    await sealed.secrets.replace(RACK, [box(RACK, HUB)])
    await sealed.secrets.register(STAGE)
    unwanted = [
        box(RACK, STAGE, "of the former", "yesterday"),
        box(RACK, HUB, "another"),
        box(RACK, replace(STAGE, public_key="unknown")),
        box(DRIVER, STAGE),
    ]
    before = await sealed.secrets.revision()
    assert list(await sealed.secrets.add(unwanted)) == []
    assert await sealed.secrets.revision() == before
    wanted = box(RACK, STAGE)
    assert list(await sealed.secrets.add([*unwanted, wanted])) == [wanted.placement]
    assert list(await sealed.secrets.read_boxes(STAGE.public_key)) == [wanted]
    assert list(await sealed.secrets.read_boxes(HUB.public_key)) == [box(RACK, HUB)]
    assert await sealed.secrets.revision() != before


async def test_single_boxes_are_taken_back_and_a_secret_is_removed_with_all(sealed: Sealed) -> None:
    await sealed.secrets.register(HUB)
    await sealed.secrets.register(STAGE)
    await sealed.secrets.replace(RACK, [box(RACK, HUB), box(RACK, STAGE)])
    await sealed.secrets.take_back([box(RACK, STAGE).placement])
    assert list(await sealed.secrets.read_boxes(STAGE.public_key)) == []
    assert len(await sealed.secrets.read_boxes(HUB.public_key)) == 1
    assert await sealed.secrets.remove(RACK)
    assert list((await sealed.secrets.read_record()).placements) == []
    before = await sealed.secrets.revision()
    assert not await sealed.secrets.remove(RACK)
    assert await sealed.secrets.revision() == before


async def test_one_that_was_not_seen_for_long_is_forgotten_unless_it_has_the_only_box(sealed: Sealed) -> None:
    await sealed.secrets.register(STAGE)
    await sealed.secrets.replace(RACK, [box(RACK, STAGE)])
    await sealed.age(MONTH_S)
    await sealed.secrets.register(HUB)
    assert list(await sealed.secrets.prune(MONTH_S)) == []
    await sealed.secrets.add([box(RACK, HUB)])
    assert list(await sealed.secrets.prune(MONTH_S + 600.0)) == []
    before = await sealed.secrets.revision()
    pruned = await sealed.secrets.prune(MONTH_S - 600.0)
    assert [recipient.name for recipient in pruned] == [STAGE.name]
    assert await sealed.secrets.revision() != before
    record = await sealed.secrets.read_record()
    assert ([recipient.name for recipient in record.recipients], len(record.placements)) == (["hub"], 1)


async def test_refusals_of_a_device_are_held_for_a_while_and_the_newest_few_of_them(sealed: Sealed) -> None:
    rack, spare = DeviceId("rack"), DeviceId("spare")
    assert list(await sealed.refused.read_marks(rack, DAY_S)) == []
    for number in range(6):
        await sealed.age(600.0)
        await sealed.refused.add(rack, f"salt {number}", f"mark {number}", DAY_S)
    await sealed.refused.add(spare, "salt", "mark", DAY_S)
    kept = await sealed.refused.read_marks(rack, DAY_S)
    assert [(refused.salt, refused.mark) for refused in kept] == [
        (f"salt {number}", f"mark {number}") for number in (5, 4, 3, 2)
    ]
    assert len(await sealed.refused.read_marks(spare, DAY_S)) == 1
    await sealed.age(DAY_S - 900.0)
    assert [refused.mark for refused in await sealed.refused.read_marks(rack, DAY_S)] == ["mark 5", "mark 4"]
    await sealed.age(900.0)
    await sealed.refused.add(spare, "salt", "mark", DAY_S)
    assert list(await sealed.refused.read_marks(rack, 10 * DAY_S)) == []
