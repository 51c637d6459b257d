"""The spare that an alarm names: the best one that is ready, ranked seldom."""

from dataclasses import replace

from micboard_tui.contracts.assignment import Spare
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.spare_names import FORGOTTEN_S, MOST_A_TURN, REMEMBERED_S, SpareNames, name_spare

RACK = DeviceId("rack")
ADA = Performer(PerformerId("ada"), "Ada")


def channel(number: int, name: str = "") -> ChannelState:
    return ChannelState(RACK, number, facts=ChannelFacts(name=name))


def worn(number: int) -> ChannelState:
    return replace(
        channel(number), assignment=Assignment(ChannelRef(RACK, number), ADA, Role.PRIMARY, since=0.0)
    )


def docked(state: BayState) -> ChannelState:
    return replace(channel(3, "S2"), dock=Dock(DeviceId("charger"), "Charger 1", Bay(3, state)))


def test_only_what_is_ready_is_named() -> None:
    ready = Spare(channel(2, "Spare 1"), (), is_ready=True)
    assert name_spare([Spare(channel(1, "Busy"), (), is_ready=False), ready]) == "Spare 1"
    assert name_spare([Spare(docked(BayState.READY), (), is_ready=False), ready]) == "S2 bay 3"
    assert name_spare([Spare(docked(BayState.CHARGING), (), is_ready=False)]) == ""
    assert name_spare([Spare(channel(4), (), is_ready=True)]) == "channel 4"


def test_few_channels_are_ranked_a_turn_and_seldom() -> None:
    ranked: list[int] = []
    now = [100.0]

    def list_spares(ref: ChannelRef) -> list[Spare]:
        ranked.append(ref.number)
        return [Spare(channel(9, f"S{len(ranked)}"), (), is_ready=True)]

    names = SpareNames(list_spares, lambda: now[0])
    found = [names.find(ProblemCode.RF_LOST, worn(number)) for number in (1, 2, 3)]
    assert found == ["S1", "S2", ""]
    assert len(ranked) == MOST_A_TURN
    names.start_turn()
    assert [names.find(ProblemCode.RF_LOST, worn(number)) for number in (1, 2, 3)] == ["S1", "S2", "S3"]
    now[0] += REMEMBERED_S
    names.start_turn()
    assert names.find(ProblemCode.BATTERY_CRITICAL, worn(1)) == "S4"
    # Where a spare does not help, or no performer has the channel, none is looked for.
    assert names.find(ProblemCode.AUDIO_CLIP, worn(2)) == ""
    assert names.find(ProblemCode.RF_LOST, channel(2)) == ""
    assert names.find(ProblemCode.RF_LOST, None) == ""
    assert len(ranked) == 4
    # What was ranked long ago is not named any more, although it is not its turn.
    now[0] += FORGOTTEN_S
    names.start_turn()
    assert [names.find(ProblemCode.RF_LOST, worn(number)) for number in (2, 1, 3)] == ["S5", "S6", ""]
