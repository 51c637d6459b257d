"""What simulated devices send by multicast DNS: announcements, answers and goodbyes as datagrams. Without IO.

docs/reference/protocols/sennheiser.md 1.3; zeroconf writes and reads the records.
"""

import socket
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from zeroconf import ServiceInfo

# It offers these, too, and names them in no list.
from zeroconf._dns import DNSPointer, DNSQuestion, DNSRecord, DNSService
from zeroconf._protocol.incoming import DNSIncoming
from zeroconf._protocol.outgoing import DNSOutgoing

from micboard_tui.simulator.rack.rack_layout import RackDevice

UDP, TCP = "_ssc._udp.local.", "_ssc._tcp.local."
# That a device of the second version announces it over TCP, as it is spoken, is inferred.
SERVICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"sennheiser-ssc": (UDP, "1.0"), "sennheiser-sscv2": (TCP, "2.3")}
)
"""By driver: the service, and the version in its TXT record."""
LEGACY_TTL_S = 10
"""At most, for those that ask from another port than 5353 and keep no cache."""
_RESPONSE = 0x8400
_KIND_TTL_S = 4500
KINDS = "_services._dns-sd._udp.local."
"""Asked for, it names the services that there are."""
_IN, _A, _PTR, _TXT, _SRV, _ANY = 1, 1, 12, 16, 33, 255


class Announcement:
    """The records of one device."""

    def __init__(self, device: RackDevice, number: int = 1) -> None:
        """``number``: how many devices of this name there are, this one included."""
        self.device = device
        self.number = number
        kind, version = SERVICES[device.driver]
        name = device.name if number == 1 else f"{device.name}-{number}"
        self._info = ServiceInfo(
            kind,
            f"{name}.{kind}",
            port=device.port,
            properties={"txtvers": "1", "version": version, "model": device.model},
            # One host for each address, whatever the devices are called.
            server=f"simulated-{device.host.replace('.', '-')}-{device.port}.local.",
            addresses=[socket.inet_aton(device.host)],
        )

    @property
    def name(self) -> str:
        """Of the instance, in small letters."""
        return self._info.name.lower()

    def is_of_another(self, record: DNSRecord) -> bool:
        """Whether another device has its name."""
        if not isinstance(record, DNSService) or record.name.lower() != self.name:
            return False
        return (record.server.lower(), record.port) != (self._info.server, self.device.port)

    def is_asked_for(self, query: DNSIncoming) -> bool:
        """Whether a question is for it, and the asker does not know the answer."""
        return any(self._answers(question, query) for question in query.questions)

    def response(self) -> bytes:
        """All of its records."""
        return self._encode(DNSOutgoing(_RESPONSE))

    def goodbye(self) -> bytes:
        """That it is gone."""
        message = DNSOutgoing(_RESPONSE)
        message.add_answer_at_time(self._info.dns_pointer(override_ttl=0), 0)
        return message.packets()[0]

    def legacy_response(self, query: DNSIncoming) -> bytes:
        """The same as ``response`` for one that asks as any name server is asked: to it alone."""
        message = DNSOutgoing(_RESPONSE, multicast=False, id_=query.id)
        for question in query.questions:
            message.add_question(question)
        return self._encode(message, LEGACY_TTL_S)

    def _encode(self, message: DNSOutgoing, ttl_s: int | None = None) -> bytes:
        info = self._info
        message.add_answer_at_time(info.dns_pointer(override_ttl=ttl_s), 0)
        for record in (
            info.dns_service(override_ttl=ttl_s),
            info.dns_text(override_ttl=ttl_s),
            *info.dns_addresses(override_ttl=ttl_s),
            DNSPointer(KINDS, _PTR, _IN, ttl_s or _KIND_TTL_S, info.type),
        ):
            message.add_additional_answer(record)
        return message.packets()[0]

    def _answers(self, question: DNSQuestion, query: DNSIncoming) -> bool:
        info, name = self._info, question.name.lower()
        types = {
            KINDS: {_PTR, _ANY},
            info.type: {_PTR, _ANY},
            self.name: {_SRV, _TXT, _ANY},
            info.server: {_A, _ANY},
        }
        if question.type not in types.get(name, ()):
            return False
        return name != info.type or info.dns_pointer() not in query.answers()


def read(data: bytes, sender: tuple[str, int]) -> DNSIncoming | None:
    """A datagram; None when it is no DNS message."""
    message = DNSIncoming(data, sender)
    return message if message.valid else None


def probes(announcements: Iterable[Announcement]) -> Sequence[bytes]:
    """Asks whether anyone has these names."""
    message = DNSOutgoing(0)
    for announcement in announcements:
        message.add_question(DNSQuestion(announcement.name, _ANY, _IN))
    return message.packets()
