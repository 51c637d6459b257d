"""What is asked of a device, when, and what follows from its answers."""

import pytest

from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp.subscription import RESEND_S, Subscription, SubscriptionState
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
    assert Subscription(kind, interval_s).push == Line("Push", push)


def test_it_is_sent_at_once_and_again_long_before_it_ends() -> None:
    subscription = Subscription(EM, None)
    assert subscription.next_push(100.0) == subscription.push
    assert subscription.next_push(100.0 + RESEND_S - 0.1) is None
    assert subscription.next_push(100.0 + RESEND_S) == subscription.push
    subscription.resend_at_once()
    assert subscription.next_push(100.0 + RESEND_S) == subscription.push


def test_what_the_device_echoes_is_what_it_promised() -> None:
    subscription = Subscription(EM, None)
    assert subscription.interval_s is None
    subscription.handle_echo(Line("Push", "60 100 7"))
    assert subscription.interval_s == 0.1
    assert subscription.state is SubscriptionState.GRANTED
    subscription.handle_echo(Line("Push", "60 300 3"))
    assert subscription.interval_s == 0.3
    for rubbish in ("", "60 100", "a b c", "60 x 7"):
        subscription.handle_echo(Line("Push", rubbish))
    assert subscription.interval_s == 0.3


def test_where_no_blocks_come_it_is_sent_again_and_not_at_every_tick() -> None:
    subscription = Subscription(EM, None)
    sent = []
    for second in range(9):
        subscription.resend_early(float(second))
        if subscription.next_push(float(second)) is not None:
            sent.append(second)
    assert sent == [0, 2, 4, 6, 8]


def test_a_reading_by_another_program_may_end_the_subscription() -> None:
    subscription = Subscription(EM, None)
    subscription.next_push(0.0)
    subscription.handle_echo(Line("Push", "0 0 1"))
    assert subscription.next_push(1.0) == subscription.push
    assert subscription.interval_s is None


def test_a_refused_cycle_falls_back_step_by_step() -> None:
    subscription = Subscription(EM, None)
    tried = []
    while (push := subscription.next_push(0.0)) is not None:
        tried.append(push.rest)
        subscription.handle_refusal(refusal(Code.OUT_OF_RANGE, push))
    assert tried == ["60 100 7", "60 500 7", "60 1000 7", "60 100 3", "60 500 3", "60 1000 3"]
    assert subscription.state is SubscriptionState.REFUSED


def test_a_device_that_knows_no_push_is_not_asked_again() -> None:
    subscription = Subscription(SR, None)
    subscription.handle_refusal(refusal(Code.INVALID_COMMAND, subscription.push))
    assert subscription.state is SubscriptionState.REFUSED
    assert subscription.next_push(1000.0) is None


def test_the_refusal_of_something_else_changes_nothing() -> None:
    subscription = Subscription(EM, None)
    subscription.handle_refusal(refusal(Code.OUT_OF_RANGE, Line("Push", "1 2 3")))
    assert (subscription.push, subscription.state) == (Line("Push", "60 100 7"), SubscriptionState.OFFERED)
