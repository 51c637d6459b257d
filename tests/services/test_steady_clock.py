from micboard_tui.services.steady_clock import ClockJumps, SteadyClock, steady_s


def test_seconds_go_on_while_somebody_sets_the_clock() -> None:
    wall, steady = 1_000.0, 50.0
    clock = SteadyClock(lambda: wall, lambda: steady)
    wall, steady = 9_000.0, 51.0
    assert clock() == 1_001.0
    assert clock.correction_s() == 7_999.0
    clock.follow(clock.correction_s())
    assert (clock(), clock.correction_s()) == (9_000.0, 0.0)


def test_drift_is_left_alone() -> None:
    wall, steady = 1_000.0, 50.0
    clock = SteadyClock(lambda: wall, lambda: steady)
    wall = 1_001.5
    assert clock.correction_s() == 0.0


def test_the_steady_clock_only_grows() -> None:
    assert steady_s() <= steady_s()


def test_a_jump_is_given_once_and_drift_never() -> None:
    now, steady = 1_000.0, 50.0
    jumps = ClockJumps(lambda: now, lambda: steady)
    now, steady = 1_001.5, 50.0
    assert jumps.take() == 0.0
    now, steady = 4_610.0, 60.0
    assert (jumps.take(), jumps.take()) == (3_600.0, 0.0)
