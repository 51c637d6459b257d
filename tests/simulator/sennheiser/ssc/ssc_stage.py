"""Simulated SSC devices, and a client that hears all that is said to it."""

import asyncio

from micboard_tui.protocols.ssc.codec import decode, encode
from micboard_tui.protocols.ssc.messages import Message, Subscription, Terms, Value
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.stage.scenario import ALL
from micboard_tui.simulator.stage.world import World
from tests.simulator.simulated_devices import build_device, build_plan

CLIENT = ("127.0.0.1", 40_001)


def device_of(model: str, seed: int = 1) -> SscDevice:
    """A device as the rack would have it, alone."""
    return build_device(SscDevice, build_plan(model, seed, name="Rack A"))


def world_of(simulated: SscDevice, scenario: str = "calm", seed: int = 1) -> World:
    return World(simulated.airs, ALL[scenario], seed)


class Listener(asyncio.DatagramTransport):
    """Takes the place of the network: what the device sends is kept, by client."""

    def __init__(self, simulated: SscDevice) -> None:
        super().__init__()
        self.simulated = simulated
        self.raw: dict[tuple[str, int], list[bytes]] = {}
        simulated.socket.connection_made(self)

    def sendto(self, data: bytes, addr: object = None) -> None:  # type: ignore[override]
        assert isinstance(addr, tuple)
        self.raw.setdefault(addr, []).append(data)

    def say(self, message: Message | bytes, client: tuple[str, int] = CLIENT) -> list[Message]:
        """All that the client hears at once when it says ``message``."""
        self.raw.pop(client, None)
        data = message if isinstance(message, bytes) else encode(message)
        self.simulated.receive(data, client)
        return self.heard(client)

    def get(self, *addresses: str) -> Message:
        (reply,) = self.say(Message(dict.fromkeys(addresses), {}))
        return reply

    def put(self, address: str, value: Value) -> Value:
        (reply,) = self.say(Message({address: value}, {}))
        return reply.values.get(address)

    def subscribe(
        self, *addresses: str, terms: Terms | None = None, client: tuple[str, int] = CLIENT
    ) -> list[Message]:
        wish = Subscription(addresses, terms or Terms())
        return self.say(Message({}, {}, (wish,)), client)

    async def wait(self, seconds: float, client: tuple[str, int] = CLIENT) -> list[Message]:
        """All that the client hears while time passes."""
        self.raw.pop(client, None)
        for _ in range(round(seconds * 10)):
            await self.simulated.tick(0.1)
        return self.heard(client)

    def heard(self, client: tuple[str, int] = CLIENT) -> list[Message]:
        return [decode(each) for each in self.raw.get(client, [])]
