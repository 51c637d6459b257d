"""MQTT: the state of each alarm as a retained message, each notice as an event, and whether we are there.

``TOPIC/status`` is retained: ``online``, and by our last will ``offline``. ``TOPIC/alarms/ID`` is retained as
long as the alarm is there, and taken away when it ended. ``TOPIC/events`` has every notice once.
"""

import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from micboard_tui.config.output_addresses import split_broker
from micboard_tui.contracts.alarm_outputs import AlarmNotice, OutputError, SendNotice
from micboard_tui.domain.alarm_notices import NoticeKind

ONLINE, OFFLINE = "online", "offline"
AT_LEAST_ONCE = 1
CONNECT_TIMEOUT_S = 8.0
GOODBYE_S = 1.0
NOT_INSTALLED = "aiomqtt is not installed: pip install 'micboard-tui[mqtt]'"


class MqttOutput:
    """Implements ``AlarmOutput``."""

    name = "mqtt"

    def __init__(self, url: str) -> None:
        self._broker = split_broker(url)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[SendNotice]:
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
            ) as client:

                async def send(notice: AlarmNotice) -> None:
                    text = json.dumps(notice.as_document(), ensure_ascii=False)
                    state = "" if notice.kind is NoticeKind.ENDED else text
                    topic = f"{broker.topic}/alarms/{notice.alarm_id}"
                    await client.publish(topic, state, AT_LEAST_ONCE, retain=True)
                    await client.publish(f"{broker.topic}/events", text, AT_LEAST_ONCE)

                await client.publish(status, ONLINE, AT_LEAST_ONCE, retain=True)
                try:
                    yield send
                finally:
                    with anyio.move_on_after(GOODBYE_S, shield=True):
                        await client.publish(status, OFFLINE, AT_LEAST_ONCE, retain=True)
        except aiomqtt.MqttError as error:
            raise OutputError(f"The broker {broker.host}: {error}") from error
