"""How long full packs are expected to run: by hours assumed for their models, then by their discharges.

The hours are not verified: no published table was at hand, and none was measured (see forecast.md and
unverified.md in docs/explanation). Their spread of 25 % allows for that until discharges were seen.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import LevelChange, RuntimePrior
from micboard_tui.domain.pack_record import PackRecord

UNVERIFIED_SIGMA = 0.25
LEARN_FROM = 5
"""So many discharges, the newest, are learned from."""
LEAST_SIGMA, FEW_SIGMA, FEW = 0.1, 0.2, 3
"""The spread of learned runtimes is no smaller; of less than ``FEW`` discharges it is hardly known."""
SUDDEN_S, HIGH_BARS = 600.0, 4
"""Cells that fall from so many bars to none within so long are NiMH."""
LEAST_MINUTES, MOST_MINUTES = 30.0, 48 * 60.0
"""A discharge that was shorter or longer was none of one full set of cells."""
NIMH_SHARE, LITHIUM_SHARE = 1.25, 1.5
"""Against alkaline cells of the same size. [unverified]"""


@dataclass(frozen=True, slots=True)
class ModelRuntime:
    """Hours of a full pack whose model begins so."""

    models: tuple[str, ...]
    li_ion_hours: float | None = None
    alkaline_hours: float | None = None
    """None: it takes no primary cells."""


RUNTIMES = (
    ModelRuntime(("ULXD", "ULX-D"), 11, 11),
    ModelRuntime(("QLXD", "QLX-D"), 10, 9),
    ModelRuntime(("ADX1",), 8),
    ModelRuntime(("ADX1M", "ADX2"), 7),
    ModelRuntime(("AD1", "AD2", "AD3"), 8, 6),
    ModelRuntime(("SLXD", "SLX-D"), 8, 8),
    ModelRuntime(("UR1", "UR2"), None, 8),
    ModelRuntime(("EW-DX", "EWDX"), 12, 8),
    ModelRuntime(("SK 6000",), 6.5),
    ModelRuntime(("SKM 6000", "SKM 9000", "SK 9000"), 5.5),
    ModelRuntime(("SK", "SKM"), 12, 8),
    ModelRuntime(
        ("SK 500", "SKM 500", "SK 300", "SKM 300", "SK 100", "SKM 100", "SK 2000", "SKM 2000"), 8, 8
    ),
    ModelRuntime(("EM 300", "EM 100", "EM 500", "EM 2000", "EM 2050"), 8, 8),
    ModelRuntime(("SEK",), 6),
)
"""[unverified] The longest beginning that fits counts. Receivers stand in for packs that report no model."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """A set of cells that was seen from full to empty."""

    ended_at: float
    minutes: float
    """How long it ran."""
    model: str | None = None
    serial: str | None = None
    type: BatteryType | None = None
    power: str | None = None
    falls: tuple[LevelChange, ...] = ()
    """To which bars it fell, in seconds since it was full."""

    @property
    def is_sudden(self) -> bool:
        """Whether its bars fell all at once."""
        times = {fall.level: fall.at for fall in self.falls}
        if 0 not in times:
            return False
        above = [at for level, at in times.items() if level >= HIGH_BARS]
        if above:
            return times[0] - max(above) < SUDDEN_S
        return not any(0 < level < HIGH_BARS for level in times)


def discharge_of(record: PackRecord, type_of_cells: BatteryType | None) -> Discharge | None:
    """The discharge that a record shows; None where it did not begin full or did not end empty."""
    if record.full_at is None or record.ran_until is None or not record.is_empty or record.is_stored:
        return None
    minutes = (record.ran_until - record.full_at) / 60
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        return None
    falls = record.bars.changes if record.bars is not None else ()
    since_full = tuple(LevelChange(fall.at - record.full_at, fall.level) for fall in falls)
    return Discharge(
        record.ran_until, minutes, record.model, record.serial, type_of_cells, record.power, since_full
    )


def expected_runtimes(
    record: PackRecord, receiver_model: str | None, discharges: Sequence[Discharge] = ()
) -> Mapping[BatteryType, RuntimePrior]:
    """What a full pack is expected to run, for each type of cells that can be in it; empty: not known."""
    runtime = find_runtime(record.model) or find_runtime(receiver_model)
    expected: dict[BatteryType, float] = {}
    if runtime is not None and runtime.li_ion_hours is not None:
        expected[BatteryType.LI_ION] = runtime.li_ion_hours * 60
    if runtime is not None and runtime.alkaline_hours is not None and record.type is not BatteryType.LI_ION:
        alkaline = runtime.alkaline_hours * 60
        expected[BatteryType.ALKALINE] = alkaline
        expected[BatteryType.NIMH] = alkaline * NIMH_SHARE
        expected[BatteryType.LITHIUM] = alkaline * LITHIUM_SHARE
    if record.type not in {None, BatteryType.LI_ION}:
        # It says that there are primary cells in it, whichever these are.
        expected.pop(BatteryType.LI_ION, None)
    priors = {cells: RuntimePrior(minutes, UNVERIFIED_SIGMA) for cells, minutes in expected.items()}
    for type_of_cells in BatteryType:
        if (learned := learn_runtime(record, type_of_cells, discharges)) is not None:
            priors[type_of_cells] = learned
    return priors


def learn_runtime(
    record: PackRecord, type_of_cells: BatteryType, discharges: Iterable[Discharge]
) -> RuntimePrior | None:
    """From the newest discharges of this very pack, else of its model at its power; None: there are none."""
    alike = [
        discharge
        for discharge in discharges
        if discharge.type is type_of_cells
        and discharge.model == record.model
        and discharge.power == record.power
    ]
    own = [
        discharge for discharge in alike if record.serial is not None and discharge.serial == record.serial
    ]
    newest = sorted(own or alike, key=lambda discharge: discharge.ended_at)[-LEARN_FROM:]
    if not newest or record.model is None:
        return None
    spread = statistics.pstdev(math.log(discharge.minutes) for discharge in newest)
    least = LEAST_SIGMA if len(newest) >= FEW else FEW_SIGMA
    return RuntimePrior(statistics.median(discharge.minutes for discharge in newest), max(least, spread))


def learn_type(record: PackRecord, discharges: Iterable[Discharge]) -> BatteryType | None:
    """NiMH where the newest discharge of this very pack was sudden; else None."""
    if record.serial is None:
        return None
    own = [
        discharge
        for discharge in discharges
        if discharge.serial == record.serial and discharge.model == record.model
    ]
    newest = max(own, key=lambda discharge: discharge.ended_at, default=None)
    return BatteryType.NIMH if newest is not None and newest.is_sudden else None


def find_runtime(model: str | None) -> ModelRuntime | None:
    """The entry whose beginning fits the model best; None: there is none."""
    if not model:
        return None
    upper = model.upper()
    fitting = [
        (len(start), runtime) for runtime in RUNTIMES for start in runtime.models if upper.startswith(start)
    ]
    return max(fitting, key=lambda entry: entry[0])[1] if fitting else None
