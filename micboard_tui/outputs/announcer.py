"""Follows the alarms of this process and gives what is due to every output that is set.

It begins when this process judges: another one, such as a command that lists alarms while the board runs,
connects to nothing and announces nothing.
"""

from collections.abc import Callable, Sequence

import anyio

from micboard_tui.contracts.alarm_outputs import AlarmNotice, AlarmOutput, OutputOptions
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm_notices import DueNotice, NoticeSchedule
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
        self,
        live: LiveContract,
        outputs: Sequence[AlarmOutput],
        steady_s: Callable[[], float],
        is_judging: Callable[[], bool],
    ) -> None:
        """``steady_s``: seconds that only grow, also while ``live.now`` is set.

        ``is_judging``: whether ``live.findings`` has the alarms, also those from before the start.
        """
        self._live, self._steady_s, self._is_judging = live, steady_s, is_judging
        self._queues = [OutputQueue(output, self._list_standing) for output in outputs]
        self._schedule = NoticeSchedule(live.now())

    async def run(self) -> None:
        """Until cancelled; without an output there is nothing to do."""
        if not self._queues:
            return
        while not self._is_judging():  # noqa: ASYNC110 - nothing is set when it changes: it is read
            await anyio.sleep(LOOK_S)
        self.look()
        async with anyio.create_task_group() as tasks:
            for queue in self._queues:
                tasks.start_soon(queue.run)
            while True:
                await anyio.sleep(LOOK_S)
                self.look()

    def look(self) -> None:
        """Give what is due now to the outputs."""
        alarms = self._live.findings.alarms.alarms
        self._schedule, due = self._schedule.follow(alarms, self._steady_s())
        for notice in map(self._describe, due):
            for queue in self._queues:
                queue.put(notice)

    def _list_standing(self) -> Sequence[AlarmNotice]:
        return [self._describe(notice) for notice in self._schedule.standing]

    def _describe(self, due: DueNotice) -> AlarmNotice:
        text = describe_alarm(due.alarm.key, self._live)
        return AlarmNotice(due.kind, due.alarm, text, self._live.now())
