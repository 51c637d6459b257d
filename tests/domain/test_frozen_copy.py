"""Copies of what is copied often."""

from dataclasses import fields, replace

import pytest

from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.frozen_copy import copy_with
from micboard_tui.domain.identity import DeviceId

STATE = DeviceState(DeviceId("rack"), model="ULXD4D")
SNAPSHOT = DeviceSnapshot(Device(DeviceId("rack"), "shure", "shure-strings", "10.0.0.1", 2202), STATE)


def test_a_copy_is_what_replace_makes_and_leaves_its_original() -> None:
    copy = copy_with(STATE, version=3, last_seen_at=10.0)
    assert copy == replace(STATE, version=3, last_seen_at=10.0)
    assert (STATE.version, STATE.last_seen_at) == (0, None)


@pytest.mark.parametrize("value", [STATE, SNAPSHOT])
def test_what_is_copied_has_its_fields_and_nothing_else(value: DeviceState | DeviceSnapshot) -> None:
    """So that a copy takes no outdated value along."""
    assert vars(value).keys() == {field.name for field in fields(value)}
