"""Starts flows as workers of the app, and has keys held until a dialog is there."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, get_current_worker

from micboard_tui.contracts.health_watch import HealthWatch
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.rack_notices import newest_serial
from micboard_tui.tui.board_access import BoardAccess
from micboard_tui.tui.flows.device_request import DeviceRequest
from micboard_tui.tui.flows.keyed_flows import CHANGES, DEVICE_CHANGES, KEYED_FLOWS, MARKERS, SHOW_CALLS
from micboard_tui.tui.flows.user_ports import Answer, Notices, Selection
from micboard_tui.tui.flows.waiting_flows import WAITING, WaitingFlows
from micboard_tui.tui.key_gate import KeyGate

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.tui.flows.flow_set import FlowSet

NOT_OPEN = "Still starting. Try again in a moment."
LOOK_S = 1.0
"""So often it is looked whether the program expects channels on again, and whether it can store."""
NO_DEVICE = "No receiver is selected."
RunFlow: TypeAlias = Callable[["FlowSet"], Coroutine[Any, Any, None]]

_DEVICE_FLOWS: Mapping[DeviceRequest, Callable[[DeviceSnapshot, "FlowSet"], Coroutine[Any, Any, None]]] = {
    DeviceRequest.CHANGE: lambda device, flows: flows.change_device.run(device),
    DeviceRequest.REMOVE: lambda device, flows: flows.remove_device.run(device),
    DeviceRequest.TRUST: lambda device, flows: flows.access.trust(device.device),
    DeviceRequest.GIVE_SECRET: lambda device, flows: flows.access.give_secret(device.device),
}
_DEVICE_METHODS: Mapping[DeviceRequest, str] = {
    DeviceRequest.CHANGE: "DeviceContract.update",
    DeviceRequest.REMOVE: "DeviceContract.remove",
    DeviceRequest.TRUST: "DeviceContract.trust",
    DeviceRequest.GIVE_SECRET: "SecretContract.keep",
}
"""What each of them calls in the end."""


class FlowStarter:
    """Says that it is too early as long as the services are not open."""

    def __init__(
        self, app: App[Any], key_gate: KeyGate, notices: Notices, access: BoardAccess, operator: str
    ) -> None:
        """``operator``: who acts with this board."""
        self._app, self._key_gate, self._notices = app, key_gate, notices
        self._access, self._operator = access, operator
        self._flows: FlowSet | None = None
        self._waiting = WaitingFlows()
        self._silence = self._jump = 0
        """The serials of the newest that were reported, or asked, or that were there before this board."""

    def open(self, services: "Services", select_channel: Callable[[ChannelRef], None]) -> None:
        """From now on flows can be started."""
        from micboard_tui.tui.flows.flow_set import build_flows

        self._flows = build_flows(services, self._ask, self._notices, select_channel, self._operator)
        findings = services.live.findings
        self._silence = newest_serial(findings.ended_silences)
        self._jump = 0 if findings.asked_jump is None else findings.asked_jump.serial
        self._app.set_interval(LOOK_S, partial(self._report_silences, self._flows, services.live))
        self._app.set_interval(LOOK_S, partial(self._ask_for_jump, services.live))
        self._app.set_interval(LOOK_S, self._flows.arm_control.report_end)
        watch = HealthWatch(services.health, services.live, self._notices.report_error, self._notices.inform)
        watch.look()
        if (note := services.health.snapshot().storage_note) is not None:
            self._notices.warn(note, title="Database")
        self._app.set_interval(LOOK_S, watch.look)
        self._app.set_interval(LOOK_S, self._report_waiting)
        self.start(lambda flows: flows.handover.show_new(), MARKERS)

    def _report_silences(self, flows: "FlowSet", live: LiveContract) -> None:
        if ended := [each for each in live.findings.ended_silences if each.serial > self._silence]:
            self._silence = newest_serial(ended)
            flows.expected_off.report_ended([each.channel for each in ended])

    def _ask_for_jump(self, live: LiveContract) -> None:
        """Not over a dialog: its keys are for that."""
        if not self._app.screen_stack or isinstance(self._app.screen, ModalScreen):
            return
        jump = live.findings.asked_jump
        if jump is not None and jump.serial > self._jump:
            self._jump = jump.serial
            if jump.is_open(live.now()):
                self.start_dialog(lambda flows: flows.show.confirm_jump(jump.call), SHOW_CALLS)

    def start(self, run: RunFlow, group: str = CHANGES) -> Worker[None] | None:
        """Start a flow that opens no screen."""
        if (flows := self._flows) is None:
            self._notices.inform(NOT_OPEN)
            return None

        async def run_flow() -> None:
            # A coroutine that was made before its worker begins would never run where the app ends meanwhile.
            with self._waiting.running(get_current_worker(), monotonic(), self._notices.count):
                await run(flows)

        return self._app.run_worker(run_flow, group=group, exclusive=group == CHANGES)

    def start_dialog(self, run: RunFlow, group: str = CHANGES) -> None:
        """Start a flow that opens a screen, which the next keys are for."""
        if (flow := self.start(run, group)) is not None:
            self._key_gate.expect_screen(flow)

    def start_keyed(self, name: str, selection: Selection) -> None:
        """Start the flow of a key, by its name in ``KEYED_FLOWS``, for what is selected."""
        keyed, flows = KEYED_FLOWS[name], self._flows
        if not (flows is not None and keyed.only_ends(flows)) and self._is_refused(keyed.method):
            return
        start = self.start_dialog if keyed.has_dialog else self.start
        start(lambda flows: keyed.run(flows, selection), keyed.group)

    def start_device_dialog(self, request: DeviceRequest, device: DeviceSnapshot | None) -> None:
        """Start the flow for a device; None: none is selected, which it says."""
        if device is None:
            self._notices.inform(NOT_OPEN if self._flows is None else NO_DEVICE)
        elif not self._is_refused(_DEVICE_METHODS[request]):
            self.start_dialog(partial(_DEVICE_FLOWS[request], device), DEVICE_CHANGES)

    def _is_refused(self, method: str) -> bool:
        """Whether nothing may be changed by it now; says so, before anything is typed."""
        if (refusal := self._access.find_refusal(method)) is not None:
            self._notices.report_error(refusal)
        return refusal is not None

    async def _ask(self, screen: Screen[Answer]) -> Answer | None:
        """Open the dialog of a flow and wait for its answer."""
        # Runs when the screen is mounted.
        screen.call_later(self._key_gate.pass_to_screen)
        flow = get_current_worker()
        self._waiting.pause(flow)
        try:
            return await self._app.push_screen_wait(screen)
        finally:
            self._waiting.go_on(flow, monotonic(), self._notices.count)

    def _report_waiting(self) -> None:
        if self._waiting.is_to_report(monotonic(), self._notices.count):
            self._notices.inform(WAITING)
