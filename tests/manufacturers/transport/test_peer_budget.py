"""Budgets by count: who sends too much, what is taken of it, and how often that is logged."""

import structlog

from micboard_tui.manufacturers.transport.peer_budget import LOG_EVERY_S, PeerBudget, SteadyBudget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_peer_takes_its_share_and_nothing_of_the_others() -> None:
    budget = PeerBudget(3, Clock())
    budget.start_round()
    assert [budget.admits("flooder") for _ in range(5)] == [True, True, True, False, False]
    assert budget.admits("other")
    budget.start_round()
    assert budget.admits("flooder")


def test_a_flood_is_one_line_a_minute_that_names_the_flooder() -> None:
    clock = Clock()
    budget = PeerBudget(1, clock)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            budget.start_round()
            for _ in range(10):
                budget.admits("192.0.2.7")
        clock.now += LOG_EVERY_S
        budget.admits("192.0.2.7")
    assert [(entry["event"], entry["peer"]) for entry in logs] == [("flood_dropped", "192.0.2.7")] * 2


def test_a_stream_pauses_when_its_second_is_used_up() -> None:
    clock = Clock()
    budget = SteadyBudget("192.0.2.7", 10, clock)
    with structlog.testing.capture_logs() as logs:
        assert [budget.count() for _ in range(10)] == [0.0] * 10
        clock.now += 0.25
        assert budget.count() == 0.75
        clock.now += 0.75
        assert [budget.count() for _ in range(10)] == [0.0] * 10
        assert budget.count() == 1.0
    assert [(entry["event"], entry["peer"]) for entry in logs] == [("flood_slowed", "192.0.2.7")]


def test_a_stream_that_takes_longer_than_a_second_for_its_share_never_pauses() -> None:
    clock = Clock()
    budget = SteadyBudget("192.0.2.7", 10, clock)
    for _ in range(50):
        assert budget.count() == 0.0
        clock.now += 0.15
