"""What people are warned of before a command is sent."""

from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Slot, SlotStatus
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.domain.command_effects import CommandClass, effect_of
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId

RACK = DeviceId("r")
ADA = Assignment(ChannelRef(RACK, 1), Performer(PerformerId("a"), "Ada"))
LINKED = (Slot(2, SlotStatus.LINKED_ACTIVE, name="Ada Lo", rf_on=True),)


def known(
    *,
    assignment: Assignment | None = ADA,
    kind: DeviceKind = DeviceKind.RECEIVER,
    slots: tuple[Slot, ...] = (),
) -> DeviceSnapshot:
    facts = ChannelFacts(gain_db=9, frequency_khz=482_125, slots=slots)
    return DeviceSnapshot(
        Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202, name="Rack A"),
        DeviceState(RACK, kind=kind),
        (ChannelState(RACK, 1, facts=facts, assignment=assignment),),
    )


@pytest.mark.parametrize(
    ("command", "device", "expected"),
    [
        (Identify(1), known(), (CommandClass.SAFE, "It flashes for a moment; sound and link stay", 0)),
        (SetMute(1, muted=True), known(), (CommandClass.SOUND, "Ada's mic goes silent", 1)),
        (
            SetMute(1, muted=False),
            known(assignment=None),
            (CommandClass.SOUND, "The mic on Rack A/1 is heard again", 1),
        ),
        (SetGain(1, 12), known(), (CommandClass.SOUND, "Ada's mic gets 3 dB louder", 1)),
        (
            SetGain(1, 5),
            known(),
            (
                CommandClass.SOUND,
                "Ada's mic gets 4 dB quieter; that is a large step, more than 3 dB at once",
                2,
            ),
        ),
        (SetGain(1, 9), known(), (CommandClass.SOUND, "It has this gain already", 1)),
        (
            SetGain(2, 9),
            known(),
            (
                CommandClass.SOUND,
                "The gain of the mic on Rack A/2 now is not known, so the step may be large",
                2,
            ),
        ),
        (
            SetFrequency(1, 500_000),
            known(),
            (
                CommandClass.LINK,
                "The link of Ada's mic is lost until its pack is synced with the receiver",
                2,
            ),
        ),
        (
            SetFrequency(1, 500_000),
            known(slots=LINKED),
            (
                CommandClass.LINK,
                "The pack of Ada's mic follows over ShowLink; one that does not is silent until it is synced",
                2,
            ),
        ),
        (
            SetGroupChannel(1, 1, 1),
            known(kind=DeviceKind.IEM_TRANSMITTER, assignment=None),
            (
                CommandClass.LINK,
                "The in-ear on Rack A/1 falls silent until each pack that listens is tuned to it, too",
                2,
            ),
        ),
        (SetFrequency(1, 482_125), known(), (CommandClass.LINK, "It is tuned so already", 2)),
        (
            SetSlotRf(1, 2, on=False),
            known(slots=LINKED),
            (CommandClass.LINK, "The transmitter of slot 2 (Ada Lo) stops transmitting: its link is lost", 2),
        ),
        (
            SetSlotRf(1, 3, on=True),
            known(),
            (
                CommandClass.LINK,
                "The transmitter of slot 3 transmits again; another on its frequency is disturbed",
                2,
            ),
        ),
    ],
)
def test_the_effect_of_a_command(
    command: Command, device: DeviceSnapshot, expected: tuple[CommandClass, str, int]
) -> None:
    effect = effect_of(command, device)
    assert (effect.command_class, effect.text, effect.confirmations) == expected


@pytest.mark.parametrize("command", [SetDeviceName("B"), SetChannelName(1, "B"), SetSlotName(1, 2, "B")])
def test_a_name_is_asked_about_once(command: Command) -> None:
    effect = effect_of(command, known())
    assert (effect.command_class, effect.confirmations) == (CommandClass.SOUND, 1)
    assert effect.text.startswith("Only the name changes")


def test_a_mute_by_the_carrier_ends_the_link() -> None:
    effect = effect_of(SetMute(1, muted=True), known(kind=DeviceKind.IEM_TRANSMITTER), switches_carrier=True)
    assert (effect.command_class, effect.confirmations) == (CommandClass.LINK, 2)
    assert effect.text == "Ada's in-ear stops transmitting: its link is lost"


def test_names_cannot_move_the_cursor() -> None:
    device = known(assignment=replace(ADA, performer=Performer(PerformerId("a"), "A\x1b[2J")))
    assert "\x1b" not in effect_of(SetMute(1, muted=True), device).text


def test_how_a_pack_is_synced_is_said_where_it_is_known() -> None:
    effect = effect_of(SetFrequency(1, 500_000), known(), synced_by="by IR")
    assert effect.text == "The link of Ada's mic is lost until its pack is synced with the receiver by IR"
