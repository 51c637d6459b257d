"""Receivers that fail in a disaster, by the clock of the world."""

from dataclasses import astuple

from micboard_tui.simulator.director import Director
from micboard_tui.simulator.faults import Access, Faults

STEPS = 2500


def evening(seed: int, locked: int | None = None) -> tuple[list[Faults], list[tuple[object, ...]]]:
    """What the switchboards of four receivers show in an evening, each change once."""
    faults = [Faults() for _ in range(4)]
    director = Director(faults, locked, seed)
    history: list[tuple[object, ...]] = []
    for step in range(STEPS):
        director.step(float(step))
        state = tuple(astuple(each) for each in faults)
        for each in faults:
            each.take_reboot()
            each.take_meter_rate()
            each.take_half_open()
        if not history or history[-1] != state:
            history.append(state)
    return faults, history


def test_a_seed_repeats_the_failures() -> None:
    assert evening(1)[1] == evening(1)[1]
    assert evening(1)[1] != evening(2)[1]


def test_every_kind_of_failure_comes_and_passes() -> None:
    faults = [Faults() for _ in range(4)]
    director = Director(faults, None, seed=1)
    seen: set[str] = set()
    failing: set[int] = set()
    for step in range(STEPS):
        director.step(float(step))
        broken = [place for place, each in enumerate(faults) if each != Faults()]
        assert len(broken) <= 1
        for place in broken:
            each = faults[place]
            failing.add(place)
            seen |= {name for name in ("refuse", "freeze", "garbage", "err_storm") if getattr(each, name)}
            seen |= {"late"} if each.late_s else set()
            seen |= {"reboot"} if each.take_reboot() else set()
            seen |= {"rate"} if each.take_meter_rate() else set()
            seen |= {"half_open"} if each.take_half_open() else set()
    assert seen == {"refuse", "freeze", "garbage", "err_storm", "late", "reboot", "rate", "half_open"}
    assert failing == {0, 1, 2, 3}


def test_a_locked_receiver_is_locked_all_evening_and_nothing_else() -> None:
    faults, history = evening(1, locked=2)
    assert faults[2] == Faults(access=Access.SILENT)
    assert len({state[2] for state in history}) == 1


def test_a_rack_of_one_locked_receiver_has_nothing_to_break() -> None:
    faults = [Faults()]
    director = Director(faults, 0, seed=1)
    director.step(1000.0)
    assert faults[0] == Faults(access=Access.SILENT)
