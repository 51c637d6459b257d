"""For whom the screen of thresholds sets a number, while channels and people come and go."""

from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.threshold_set import ThresholdScope
from micboard_tui.tui.arrange.threshold_lines import ScopeChoice, find_scope

ALL = ScopeChoice("all channels", ThresholdScope())
STAGE = ScopeChoice("Stage", ThresholdScope(location_id=LocationId("stage")))
ADA = ScopeChoice("Ada", ThresholdScope(performer_id=PerformerId("ada")))
ITSELF = ScopeChoice("Rack 1/1", ThresholdScope(channel=ChannelRef(DeviceId("rack"), 1)))


def test_a_scope_stays_the_chosen_one_and_never_becomes_a_wider_one() -> None:
    choices = [ALL, STAGE, ADA, ITSELF]
    assert [find_scope(choices, choice.scope) for choice in choices] == [0, 1, 2, 3]
    assert find_scope([ALL, ADA, ITSELF], ADA.scope) == 1
    assert find_scope([ALL, STAGE, ITSELF], ADA.scope) == 2
    assert find_scope([ALL], ADA.scope) == 0
