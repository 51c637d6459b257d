"""What each program that works on the record is told, and what it offers."""

from dataclasses import dataclass, field

from micboard_tui.config.secret_mask import Mask
from micboard_tui.contracts.access import AccessContract
from micboard_tui.contracts.alarm_outputs import NO_OUTPUTS, OutputOptions
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.audit import AuditContract
from micboard_tui.contracts.control import ControlContract
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.contracts.recap import RecapContract
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.secrets import SecretContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.thresholds import ThresholdContract
from micboard_tui.contracts.users import UserContract
from micboard_tui.contracts.walks import WalkContract
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, Thresholds

DEFAULT_SESSION = SessionOptions()


@dataclass(frozen=True, slots=True)
class Container:
    """Everything that a front end may ask for; what it is made of stays here."""

    live: LiveContract
    devices: DeviceContract
    control: ControlContract
    locations: LocationContract
    assignments: AssignmentContract
    synchronization: SynchronizationContract
    health: HealthContract
    secrets: SecretContract
    events: EventContract
    alarms: AlarmContract
    shows: ShowContract
    forecasts: ForecastContract
    recorder: RecorderContract
    walks: WalkContract
    line_check: LineCheckContract
    handover: HandoverContract
    manufacturers: ManufacturerContract
    thresholds: ThresholdContract
    recaps: RecapContract
    users: UserContract
    audit: AuditContract
    access: AccessContract


@dataclass(frozen=True, slots=True)
class Options:
    """What the container needs to know."""

    database_url: str | None = None
    """None: an SQLite file in the data directory."""
    session: SessionOptions = DEFAULT_SESSION
    store_interval_s: float | None = None
    """Seconds between two writings of all readings; None: what suits the database."""
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    """What channels are judged by."""
    outputs: OutputOptions = NO_OUTPUTS
    """Where alarms are sent to."""
    is_read_only: bool = False
    """Whether everything that changes something is refused, for everyone."""
    osc_listen: str | None = None
    """Where show control may call, as host:port; None: nowhere."""
    mask: Mask = field(default_factory=Mask)
    """Learns every secret that is read, so that logs can leave it out."""
