"""The one word for a channel, its letter and its rank."""

import pytest

from micboard_tui.domain.link_state import LinkState, judge_link_state


def test_every_state_has_its_letter_and_only_live_needs_none() -> None:
    assert {state.value: state.letter for state in LinkState} == {
        "refused": "R",
        "offline": "X",
        "rf_lost": "L",
        "transmitter_off": "-",
        "muted": "M",
        "docked": "D",
        "live": "",
        "unknown": "?",
    }


def test_the_order_is_worst_first() -> None:
    assert sorted(LinkState, key=lambda state: state.severity) == list(LinkState)
    assert LinkState.REFUSED.severity == 0
    assert LinkState.RF_LOST.severity < LinkState.LIVE.severity < LinkState.UNKNOWN.severity


@pytest.mark.parametrize(
    ("transmitter", "carrier", "muted", "state"),
    [
        (True, True, False, LinkState.LIVE),
        (True, True, True, LinkState.MUTED),
        (True, False, False, LinkState.RF_LOST),
        (True, False, True, LinkState.RF_LOST),
        (True, None, False, LinkState.LIVE),
        (True, None, True, LinkState.MUTED),
        (False, True, False, LinkState.TRANSMITTER_OFF),
        (False, False, True, LinkState.TRANSMITTER_OFF),
        (False, None, False, LinkState.TRANSMITTER_OFF),
        (None, True, False, LinkState.LIVE),
        (None, True, True, LinkState.MUTED),
        (None, False, False, LinkState.TRANSMITTER_OFF),
        (None, None, False, LinkState.UNKNOWN),
        (None, None, True, LinkState.UNKNOWN),
    ],
)
def test_what_the_device_says_decides(
    transmitter: bool | None, carrier: bool | None, muted: bool, state: LinkState
) -> None:
    assert judge_link_state(transmitter=transmitter, carrier=carrier, muted=muted) is state
