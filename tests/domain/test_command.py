"""What a user can ask for; nothing destructive is among it."""

from typing import get_args

from micboard_tui.domain.command import Command


def test_the_commands_are_these_and_no_others() -> None:
    assert {each.__name__ for each in get_args(Command)} == {
        "Identify",
        "SetDeviceName",
        "SetChannelName",
        "SetGain",
        "SetMute",
        "SetFrequency",
        "SetGroupChannel",
        "SetSlotRf",
        "SetSlotName",
    }
