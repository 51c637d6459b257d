"""MQTT: the state of each alarm as a retained message, each notice as an event, and whether we are there.

``TOPIC/status`` is retained: ``online``, and by our last will ``offline``. ``TOPIC/alarms/ID`` is retained as
long as the alarm is there, and taken away when it ended. ``TOPIC/events`` has every notice once.

The broker keeps retained messages while we are away, and the end of an alarm may not have reached it. So
they are read on connecting: those of alarms that do not stand any more are taken away, and those of all that
stand are written anew.
"""

import json
import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from micboard_tui.config.output_addresses import split_broker
from micboard_tui.contracts.alarm_outputs import AlarmNotice, OutputError, SendNotice
from micboard_tui.domain.alarm_notices import NoticeKind

if TYPE_CHECKING:
    import aiomqtt

ONLINE, OFFLINE = "online", "offline"
AT_LEAST_ONCE = 1
CONNECT_TIMEOUT_S = 8.0
GOODBYE_S = 1.0
RETAINED_S = 0.5
"""Brokers send retained messages right after the answer to a subscription; nothing says which is the last."""
MAX_RETAINED = 10_000
"""Of more than these the others stay as they are."""
NOT_INSTALLED = "aiomqtt is not installed: pip install 'micboard-tui[mqtt]'"


class MqttOutput:
    """Implements ``AlarmOutput``."""

    name = "mqtt"

    def __init__(self, url: str) -> None:
        self._broker = split_broker(url)

    @asynccontextmanager
    async def open(self, standing: Sequence[AlarmNotice]) -> AsyncGenerator[SendNotice]:
        try:
            import aiomqtt  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise OutputError(NOT_INSTALLED) from error
        broker = self._broker
        status = f"{broker.topic}/status"
        try:
            async with aiomqtt.Client(
                broker.host,
                broker.port,
                username=broker.username,
                password=broker.password,
                tls_context=ssl.create_default_context() if broker.has_tls else None,
                will=aiomqtt.Will(status, OFFLINE, AT_LEAST_ONCE, retain=True),
                timeout=CONNECT_TIMEOUT_S,
                max_queued_incoming_messages=MAX_RETAINED,
            ) as client:

                async def send(notice: AlarmNotice) -> None:
                    text = _write(notice)
                    state = "" if notice.kind is NoticeKind.ENDED else text
                    topic = f"{broker.topic}/alarms/{notice.alarm_id}"
                    await client.publish(topic, state, AT_LEAST_ONCE, retain=True)
                    await client.publish(f"{broker.topic}/events", text, AT_LEAST_ONCE)

                await _restore(client, f"{broker.topic}/alarms", standing)
                await client.publish(status, ONLINE, AT_LEAST_ONCE, retain=True)
                try:
                    yield send
                finally:
                    with anyio.move_on_after(GOODBYE_S, shield=True):
                        await client.publish(status, OFFLINE, AT_LEAST_ONCE, retain=True)
        except aiomqtt.MqttError as error:
            raise OutputError(f"The broker {broker.host}: {error}") from error


async def _restore(client: "aiomqtt.Client", topic: str, standing: Sequence[AlarmNotice]) -> None:
    """Let the retained messages below ``topic`` be those of the standing alarms."""
    await client.subscribe(f"{topic}/#")
    await anyio.sleep(RETAINED_S)
    await client.unsubscribe(f"{topic}/#")
    retained = {str((await anext(client.messages)).topic) for _ in range(len(client.messages))}
    wanted = {f"{topic}/{notice.alarm_id}": notice for notice in standing}
    for gone in sorted(retained - wanted.keys()):
        await client.publish(gone, "", AT_LEAST_ONCE, retain=True)
    for wanted_topic, notice in wanted.items():
        await client.publish(wanted_topic, _write(notice), AT_LEAST_ONCE, retain=True)


def _write(notice: AlarmNotice) -> str:
    return json.dumps(notice.as_document(), ensure_ascii=False)
