"""What SSC receivers make of the air, and the packs that performers carry. Pure."""

from micboard_tui.simulator.device.frequency_band import CHANNEL_SPACING_KHZ, FREQUENCY_STEP_KHZ
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.stage.air import CARRIER_DBM, Air
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.people import BODYPACK, Performer

_OWN_PACK_SHARE = 0.8
"""Of the packs that run on the manufacturer's rechargeable cells."""
_BEST_DBM = -56.0
RF_OVERLOAD_DBM = -20.0
"""Above it a receiver's input is overdriven."""
_INTERFERED = 0.35


def link_quality(air: Air) -> float:
    """Of the link, 0 to 1; 0 without one."""
    if not (air.is_heard and air.carrier):
        return 0.0
    clean = (max(air.rf_dbm) - CARRIER_DBM) / (_BEST_DBM - CARRIER_DBM)
    return max(0.01, min(1.0, clean) * (_INTERFERED if air.interference else 1.0))


def warnings_of(air: Air, names: dict[str, str]) -> list[str]:
    """What a receiver warns of, in its own ``names`` for it."""
    is_linked = air.is_heard and air.carrier
    weak = 0.2
    conditions = (
        ("no link", not is_linked),
        ("low signal", is_linked and link_quality(air) < weak),
        ("rf peak", is_linked and max(air.rf_dbm) > RF_OVERLOAD_DBM),
        ("audio peak", is_linked and air.clipping),
        ("wrong key", is_linked and air.key_mismatch),
        ("low battery", is_linked and air.pack.battery.bars <= 1),
    )
    return [names[condition] for condition, holds in conditions if holds and condition in names]


def build_air(
    performer: Performer, frequency_khz: int, plan: BuildPlan, *, handheld: str, bodypack: str
) -> Air:
    """A performer with a pack, tuned to ``frequency_khz``."""
    dice = plan.dice
    battery = Battery(
        Cells.LITHIUM_ION if dice.random() < _OWN_PACK_SHARE else Cells.ALKALINE,
        full_minutes=dice.randint(420, 720),
        health_percent=dice.randint(82, 100),
        cycles=dice.randint(3, 180),
    )
    model = bodypack if performer.carries == BODYPACK else handheld
    pack = Pack(model=model, name=performer.channel.upper(), frequency_khz=frequency_khz, battery=battery)
    return Air(pack, plan.voice_of(performer), dice)


def choose_frequency_khz(first: int, low_khz: int, high_khz: int) -> int:
    """One for every channel of a rack, as far as the band reaches; then again, shifted."""
    places = (high_khz - low_khz) // CHANNEL_SPACING_KHZ
    shift = first // places * FREQUENCY_STEP_KHZ
    return low_khz + first % places * CHANNEL_SPACING_KHZ + shift
