from micboard_tui.tui.dropped_input import PAUSE_S, DropReport
from tests.services.stage import Clock


def test_a_paste_is_reported_once_and_the_next_one_again() -> None:
    clock, reports = Clock(), []
    report = DropReport(lambda: reports.append(clock.now), clock)
    first = clock.now
    for _ in range(1000):
        report()
        clock.now += 0.1
    assert reports == [first]
    clock.now += PAUSE_S
    report()
    assert reports == [first, clock.now]
