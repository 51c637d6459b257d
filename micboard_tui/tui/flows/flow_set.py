"""All flows on one set of services: made once, when the services are open."""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.contracts.services import Services
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.device_titles import DeviceTitles
from micboard_tui.tui.flows.access import AccessFlow
from micboard_tui.tui.flows.add_device import AddDeviceFlow
from micboard_tui.tui.flows.alarms import AlarmFlow
from micboard_tui.tui.flows.arm_control import ArmControlFlow
from micboard_tui.tui.flows.assign import AssignFlow
from micboard_tui.tui.flows.cells import CellsFlow
from micboard_tui.tui.flows.change_device import ChangeDeviceFlow
from micboard_tui.tui.flows.control_device import ControlDeviceFlow
from micboard_tui.tui.flows.control_plan import ControlPlanFlow
from micboard_tui.tui.flows.expected_off import ExpectedOffFlow
from micboard_tui.tui.flows.export_recap import ExportRecapFlow
from micboard_tui.tui.flows.handover import HandoverFlow
from micboard_tui.tui.flows.import_plot import ImportPlotFlow
from micboard_tui.tui.flows.line_check import LineCheckFlow
from micboard_tui.tui.flows.locate import LocateFlow
from micboard_tui.tui.flows.mark_moment import MarkMomentFlow
from micboard_tui.tui.flows.number_channels import NumberChannelsFlow
from micboard_tui.tui.flows.out_of_service import OutOfServiceFlow
from micboard_tui.tui.flows.plan_pack import PlanPackFlow
from micboard_tui.tui.flows.rack_order import RackOrderFlow
from micboard_tui.tui.flows.remove_device import RemoveDeviceFlow
from micboard_tui.tui.flows.show import ShowFlow
from micboard_tui.tui.flows.show_lock import ShowLockFlow
from micboard_tui.tui.flows.swap import SwapFlow
from micboard_tui.tui.flows.thresholds import ThresholdFlow
from micboard_tui.tui.flows.undo import UndoFlow
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.flows.walk import WalkFlow


@dataclass(frozen=True, slots=True)
class FlowSet:
    assign: AssignFlow
    locate: LocateFlow
    out_of_service: OutOfServiceFlow
    swap: SwapFlow
    plan_pack: PlanPackFlow
    expected_off: ExpectedOffFlow
    number_channels: NumberChannelsFlow
    rack_order: RackOrderFlow
    undo: UndoFlow
    mark_moment: MarkMomentFlow
    walk: WalkFlow
    access: AccessFlow
    add_device: AddDeviceFlow
    change_device: ChangeDeviceFlow
    remove_device: RemoveDeviceFlow
    alarms: AlarmFlow
    cells: CellsFlow
    show: ShowFlow
    import_plot: ImportPlotFlow
    line_check: LineCheckFlow
    thresholds: ThresholdFlow
    handover: HandoverFlow
    export_recap: ExportRecapFlow
    show_lock: ShowLockFlow
    arm_control: ArmControlFlow
    control_device: ControlDeviceFlow
    control_plan: ControlPlanFlow


def build_flows(
    services: Services,
    ask: AskScreen,
    notices: Notices,
    select_channel: Callable[[ChannelRef], None],
    operator: str,
) -> FlowSet:
    """``select_channel`` makes a channel the selected one of the board; ``operator`` is who acts with it."""
    assignments, devices, live = services.assignments, services.devices, services.live
    manufacturers = services.manufacturers
    titles = DeviceTitles(live)
    access = AccessFlow(devices, services.secrets, manufacturers, titles, ask, notices, operator=operator)
    markers = MarkMomentFlow(services.events, live, ask, notices, operator)
    arming = ArmControlFlow(services.users, live, ask, notices, operator)
    return FlowSet(
        AssignFlow(assignments, live, ask, notices, operator),
        LocateFlow(services.locations, live, ask, notices, operator),
        OutOfServiceFlow(devices, services.locations, live, ask, notices, operator),
        SwapFlow(assignments, live, ask, notices, select_channel, operator),
        PlanPackFlow(assignments, live, ask, notices, operator),
        ExpectedOffFlow(assignments, live, ask, notices, operator),
        NumberChannelsFlow(assignments, live, ask, notices, operator),
        RackOrderFlow(services.locations, notices, operator),
        UndoFlow(assignments, markers, titles, notices, operator),
        markers,
        WalkFlow(services.walks, ask, notices, operator),
        access,
        AddDeviceFlow(devices, manufacturers, access, titles, ask, notices, operator=operator),
        ChangeDeviceFlow(devices, manufacturers, titles, ask, notices, operator),
        RemoveDeviceFlow(devices, ask, notices, operator),
        AlarmFlow(services.alarms, live, operator, ask, notices),
        CellsFlow(services.forecasts, live, ask, notices, operator),
        ShowFlow(services.shows, live, ask, notices, operator),
        ImportPlotFlow(services.shows, live, ask, notices, operator),
        LineCheckFlow(services.line_check, live, ask, notices, operator),
        ThresholdFlow(services.thresholds, live, ask, notices, operator),
        HandoverFlow(services.handover, ask, notices, operator),
        ExportRecapFlow(services.recaps, ask, notices),
        ShowLockFlow(services.access, live, ask, notices, operator),
        arming,
        ControlDeviceFlow(services.control, arming, live, ask, notices, operator),
        ControlPlanFlow(services.control, arming, ask, notices, operator),
    )
