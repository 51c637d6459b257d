"""What is asked of a device, when, and what follows from its answers."""

import pytest

from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp.subscription import RENEW_S, Subscription
from micboard_tui.protocols.mcp.messages import Code, Line, refusal

EM, SR = DeviceKind.RECEIVER, DeviceKind.IEM_TRANSMITTER


@pytest.mark.parametrize(
    ("kind", "interval_s", "push"),
    [
        (EM, None, "60 100 7"),
        (SR, None, "60 100 3"),
        (EM, 0, "60 0 7"),
        (EM, 0.05, "60 100 7"),
        (EM, 0.45, "60 500 7"),
        (EM, 1.0, "60 1000 7"),
        (SR, 60.0, "60 5000 3"),
    ],
)
def test_what_is_asked_for(kind: DeviceKind, interval_s: float | None, push: str) -> None:
    assert Subscription(kind, interval_s).wanted == Line("Push", push)


def test_it_is_said_at_once_and_again_long_before_it_ends() -> None:
    ours = Subscription(EM, None)
    assert ours.due(100.0) == ours.wanted
    assert ours.due(100.0 + RENEW_S - 0.1) is None
    assert ours.due(100.0 + RENEW_S) == ours.wanted
    ours.again()
    assert ours.due(100.0 + RENEW_S) == ours.wanted


def test_what_the_device_echoes_is_what_it_promised() -> None:
    ours = Subscription(EM, None)
    assert ours.interval_s is None
    ours.echoed(Line("Push", "60 100 7"))
    assert ours.interval_s == 0.1
    ours.echoed(Line("Push", "60 300 3"))
    assert ours.interval_s == 0.3
    for rubbish in ("", "60 100", "a b c", "60 x 7"):
        ours.echoed(Line("Push", rubbish))
    assert ours.interval_s == 0.3


def test_somebodys_question_for_once_may_have_ended_ours() -> None:
    ours = Subscription(EM, None)
    ours.due(0.0)
    ours.echoed(Line("Push", "0 0 1"))
    assert ours.due(1.0) == ours.wanted
    assert ours.interval_s is None


def test_a_refused_cycle_falls_back_step_by_step() -> None:
    ours = Subscription(EM, None)
    tried = []
    while (push := ours.due(0.0)) is not None:
        tried.append(push.rest)
        ours.refused(refusal(Code.OUT_OF_RANGE, push))
    assert tried == ["60 100 7", "60 500 7", "60 1000 7", "60 100 3", "60 500 3", "60 1000 3"]
    assert ours.is_refused


def test_a_device_that_knows_no_push_is_not_asked_again() -> None:
    ours = Subscription(SR, None)
    ours.refused(refusal(Code.INVALID_COMMAND, ours.wanted))
    assert ours.is_refused
    assert ours.due(1000.0) is None


def test_the_refusal_of_something_else_changes_nothing() -> None:
    ours = Subscription(EM, None)
    ours.refused(refusal(Code.OUT_OF_RANGE, Line("Push", "1 2 3")))
    assert (ours.wanted, ours.is_refused) == (Line("Push", "60 100 7"), False)
