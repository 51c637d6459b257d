"""Values that tests of services share: two devices, a clock that is told the time, facts and meters."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import DeviceHeard

RACK = Device(DeviceId("rack"), "shure", "shure-strings", "127.0.0.2", 2202, position=1)
SPARE = Device(DeviceId("spare"), "shure", "shure-strings", "127.0.0.3", 2202, position=2)
STAGE = Location(LocationId("stage"), "Main Stage")
HEARD = DeviceHeard(DeviceKind.RECEIVER, 2, "ULXD4D", "Rack 1", "2.7.6.0")
PACK = Transmitter("ULXD2", battery=Battery(78, 4, 405))
ON = ChannelFacts(
    name="Lead Vox", frequency_khz=482125, transmitter_present=True, transmitter=PACK, meter_interval_s=0.1
)
OFF = ChannelFacts(name="Lead Vox", frequency_khz=482125, transmitter_present=False, meter_interval_s=0.1)
LOUD = Meters(-52.0, -52.0, None, -20.0, "A", carrier=True)
QUIET = LOUD._replace(audio_dbfs=-70.0)
LOST = Meters(-110.0, None, None, -50.0, None, carrier=False)


class Clock:
    """Stands still until it is told."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
