"""Who may open a secret, and which boxes are missing or too many."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import (
    BoxPlacement,
    Recipient,
    RecipientRole,
    SealedRecord,
    choose_recipients,
    plan_boxes,
)
from micboard_tui.domain.secret import SecretOwner, owner_device, owner_driver

RACK = Device(DeviceId("rack"), "sennheiser", "sennheiser-sscv2", "127.0.0.2", 443, zone="stage")
SPARE = replace(RACK, id=DeviceId("spare"), host="127.0.0.3", zone="foh")
HUB = Recipient("hub-key", "hub", RecipientRole.HUB, "")
STAGE = Recipient("stage-key", "collector-stage", RecipientRole.COLLECTOR, "stage")
FOH = Recipient("foh-key", "collector-foh", RecipientRole.COLLECTOR, "foh")
EVERYONE = (HUB, STAGE, FOH)
OF_RACK, OF_DRIVER = owner_device(RACK.id), owner_driver(RACK.driver)


def placed(owner: SecretOwner, *recipients: Recipient) -> list[BoxPlacement]:
    return [BoxPlacement(owner, recipient.public_key, None, "now") for recipient in recipients]


def test_a_secret_is_for_the_collectors_of_the_zone_and_for_hubs() -> None:
    assert choose_recipients(OF_RACK, [RACK, SPARE], EVERYONE) == [HUB, STAGE]
    assert choose_recipients(OF_DRIVER, [RACK], EVERYONE) == [HUB, STAGE]
    assert choose_recipients(OF_DRIVER, [RACK, SPARE], EVERYONE) == [HUB, STAGE, FOH]
    # That of a device that was removed waits at the hubs for an undo.
    assert choose_recipients(OF_RACK, [SPARE], EVERYONE) == [HUB]


def test_a_device_in_another_zone_has_its_box_moved() -> None:
    record = SealedRecord(EVERYONE, placed(OF_RACK, HUB, STAGE))
    assert plan_boxes(record, [RACK]).missing == ()
    moved = plan_boxes(record, [replace(RACK, zone="foh")])
    assert moved.missing == ((OF_RACK, FOH),)
    assert [placement.public_key for placement in moved.surplus] == ["stage-key"]


def test_a_box_is_not_taken_back_while_no_hub_has_one() -> None:
    record = SealedRecord(EVERYONE, placed(OF_RACK, STAGE))
    plan = plan_boxes(record, [replace(RACK, zone="foh")])
    assert {recipient.name for _, recipient in plan.missing} == {"hub", "collector-foh"}
    assert plan.surplus == ()


ZONES = st.sampled_from(["stage", "foh", "tv"])
DEVICES = st.lists(
    st.builds(
        lambda number, zone: replace(RACK, id=DeviceId(f"{number}"), zone=zone), st.integers(0, 2), ZONES
    ),
    max_size=3,
    unique_by=lambda device: device.id,
)
RECIPIENTS = st.lists(
    st.builds(
        lambda number, zone, is_hub: Recipient(
            f"{number}",
            f"{number}",
            RecipientRole.HUB if is_hub else RecipientRole.COLLECTOR,
            "" if is_hub else zone,
        ),
        st.integers(0, 4),
        ZONES,
        st.booleans(),
    ),
    max_size=4,
    unique_by=lambda recipient: recipient.public_key,
)


@given(DEVICES, RECIPIENTS, st.data())
def test_after_the_plan_everyone_who_may_open_a_secret_has_it_and_nobody_is_given_more(
    devices: list[Device], recipients: list[Recipient], data: st.DataObject
) -> None:
    owners = [owner_device(DeviceId("0")), owner_driver(RACK.driver)]
    placements = [
        BoxPlacement(owner, recipient.public_key, None, "now")
        for owner in owners
        for recipient in recipients
        if data.draw(st.booleans())
    ]
    plan = plan_boxes(SealedRecord(recipients, placements), devices)
    for owner in {placement.owner for placement in placements}:
        may = {recipient.public_key for recipient in choose_recipients(owner, devices, recipients)}
        has = {placement.public_key for placement in placements if placement.owner == owner}
        given_to = {recipient.public_key for each, recipient in plan.missing if each == owner}
        taken_from = {placement.public_key for placement in plan.surplus if placement.owner == owner}
        assert given_to == may - has
        assert taken_from <= has - may
        hubs = {each.public_key for each in recipients if each.role is RecipientRole.HUB}
        assert (has | given_to) - taken_from == (may if hubs & has else may | has)
