"""Follows the alarms of this process and gives what is due to every output that is set."""

from collections.abc import Callable, Sequence

import anyio

from micboard_tui.contracts.alarm_outputs import AlarmNotice, AlarmOutput, OutputOptions
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm_notices import NoticeSchedule
from micboard_tui.outputs.output_queue import OutputQueue

LOOK_S = 0.25


def build_outputs(options: OutputOptions) -> Sequence[AlarmOutput]:
    """Those that are set; what they need is loaded only for them."""
    outputs: list[AlarmOutput] = []
    if options.webhook_url is not None:
        from micboard_tui.outputs.webhook import Webhook

        outputs.append(Webhook(options.webhook_url))
    if options.osc_address is not None:
        from micboard_tui.outputs.osc import OscOutput

        outputs.append(OscOutput(options.osc_address))
    if options.mqtt_url is not None:
        from micboard_tui.outputs.mqtt import MqttOutput

        outputs.append(MqttOutput(options.mqtt_url))
    return outputs


class AlarmAnnouncer:
    def __init__(
        self, live: LiveContract, outputs: Sequence[AlarmOutput], steady_s: Callable[[], float]
    ) -> None:
        """``steady_s``: seconds that only grow, also while ``live.now`` is set."""
        self._live, self._steady_s = live, steady_s
        self._queues = [OutputQueue(output) for output in outputs]
        self._schedule = NoticeSchedule(live.now())

    async def run(self) -> None:
        """Until cancelled; without an output there is nothing to do."""
        if not self._queues:
            return
        async with anyio.create_task_group() as tasks:
            for queue in self._queues:
                tasks.start_soon(queue.run)
            while True:
                self.look()
                await anyio.sleep(LOOK_S)

    def look(self) -> None:
        """Give what is due now to the outputs."""
        live = self._live
        self._schedule, due = self._schedule.follow(live.findings.alarms.alarms, self._steady_s())
        for kind, alarm in due:
            notice = AlarmNotice(kind, alarm, describe_alarm(alarm.key, live), live.now())
            for queue in self._queues:
                queue.put(notice)
