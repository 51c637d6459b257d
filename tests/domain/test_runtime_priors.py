"""Runtimes of full packs: by model, then from discharges."""

import pytest

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import LevelChange, LevelTrace, RuntimePrior
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.domain.runtime_priors import (
    FEW_SIGMA,
    LEAST_SIGMA,
    UNVERIFIED_SIGMA,
    Discharge,
    discharge_of,
    expected_runtimes,
    find_runtime,
    learn_runtime,
    learn_type,
)

ALKALINE, NIMH, LI_ION = BatteryType.ALKALINE, BatteryType.NIMH, BatteryType.LI_ION


def record(
    model: str | None = "ULXD2", serial: str | None = None, type_of_cells: BatteryType | None = None
) -> PackRecord:
    return PackRecord(0.0, 0.0, model=model, serial=serial, type=type_of_cells)


def discharge(minutes: float, ended_at: float = 0.0, serial: str | None = None) -> Discharge:
    return Discharge(ended_at, minutes, "ULXD2", serial, ALKALINE)


@pytest.mark.parametrize(
    ("model", "hours"),
    [
        ("ADX1", 8),
        ("ADX1M", 7),
        ("AD1", 8),
        ("SLXD2+", 8),
        ("ulxd1", 11),
        ("SKM 6000", 5.5),
        ("SKM", 12),
        ("EW-DX SK", 12),
        ("SKM 500 G4", 8),
        ("SEK", 6),
    ],
)
def test_the_longest_beginning_of_a_model_counts(model: str, hours: float) -> None:
    runtime = find_runtime(model)
    assert runtime is not None
    assert runtime.li_ion_hours == hours


def test_of_an_unknown_model_nothing_is_expected() -> None:
    assert find_runtime("Theremin") is find_runtime(None) is None
    assert expected_runtimes(record(None), None) == {}
    assert expected_runtimes(record(None), "EM 300-500 G4")[ALKALINE].median_minutes == 480


def test_what_a_pack_says_of_its_battery_leaves_out_what_cannot_be_in_it() -> None:
    assert set(expected_runtimes(record(), None)) == set(BatteryType)
    assert expected_runtimes(record(type_of_cells=LI_ION), None) == {
        LI_ION: RuntimePrior(660, UNVERIFIED_SIGMA)
    }
    assert LI_ION not in expected_runtimes(record(type_of_cells=ALKALINE), None)


def test_runtimes_are_learned_of_this_pack_and_else_of_its_model() -> None:
    mine = [discharge(minutes, number, "A") for number, minutes in enumerate((900, 400, 410, 420, 430, 440))]
    other = [discharge(300, 99, "B")]
    learned = learn_runtime(record(serial="A"), ALKALINE, [*mine, *other])
    assert learned == RuntimePrior(420, LEAST_SIGMA)  # the oldest of six is forgotten
    assert learn_runtime(record(serial="C"), ALKALINE, other) == RuntimePrior(300, FEW_SIGMA)
    assert learn_runtime(record(serial="A"), NIMH, mine) is None
    assert learn_runtime(record("ULXD1", "A"), ALKALINE, mine) is None
    spread = learn_runtime(record(), ALKALINE, [discharge(300), discharge(600), discharge(900)])
    assert spread is not None
    assert spread.sigma > 0.4
    assert expected_runtimes(record(serial="A"), None, mine)[ALKALINE] == RuntimePrior(420, LEAST_SIGMA)


def test_only_full_cells_that_ended_empty_are_a_discharge() -> None:
    falls = tuple(LevelChange(60.0 + minutes * 60, level) for minutes, level in ((100, 4), (400, 0)))
    whole = PackRecord(
        60.0, 60.0 + 420 * 60, "ULXD2", full_at=60.0, ran_until=60.0 + 420 * 60, bars=LevelTrace(0, falls)
    )
    found = discharge_of(whole, ALKALINE)
    assert found is not None
    assert (found.minutes, found.falls[0]) == (420.0, LevelChange(6000.0, 4))
    for other in (
        PackRecord(0.0, 9e4, full_at=None, ran_until=9e4, bars=LevelTrace(0)),
        PackRecord(0.0, 9e4, full_at=0.0, ran_until=9e4, bars=LevelTrace(1)),
        PackRecord(0.0, 9e4, full_at=0.0, ran_until=60.0, bars=LevelTrace(0)),
        PackRecord(0.0, 9e4, full_at=0.0, ran_until=9e4, bars=LevelTrace(0), is_stored=True),
    ):
        assert discharge_of(other, ALKALINE) is None


def test_cells_that_fell_all_at_once_are_remembered_as_nimh() -> None:
    def falls(*entries: tuple[float, int]) -> tuple[LevelChange, ...]:
        return tuple(LevelChange(at, level) for at, level in entries)

    sudden = Discharge(1.0, 500, "ULXD2", "A", falls=falls((20_000, 4), (30_000, 4), (30_300, 0)))
    slow = Discharge(2.0, 500, "ULXD2", "A", falls=falls((5000, 4), (10_000, 3), (15_000, 2), (20_000, 0)))
    assert sudden.is_sudden
    assert not slow.is_sudden
    assert not Discharge(1.0, 500).is_sudden
    assert learn_type(record(serial="A"), [sudden]) is NIMH
    assert learn_type(record(serial="A"), [sudden, slow]) is None
    assert learn_type(record(), [sudden]) is None
