"""How a plugin's ways of finding its devices are joined."""

from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice, Interface, Probe
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.manufacturers.combined_search import (
    ExplainSilence,
    combine_discoveries,
    combine_probes,
    make_check,
)
from micboard_tui.manufacturers.transport.interfaces import list_interfaces
from tests.fakes.plugins import Announcements, ScriptedProbe

HEARD = FoundDevice("10.0.0.1", 45, "acme", "acme-a", None, "FOH", via="mdns", rf_band="G51")
ANSWER = FoundDevice("10.0.0.1", 443, "acme", "acme-b", "M1", None, DeviceKind.RECEIVER)
CLOSED = DeviceFault(ErrorCode.DEVICE_REFUSED, "Closed", "Open it")


async def test_all_ways_are_gone_side_by_side() -> None:
    one, other = Announcements(HEARD), Announcements(ANSWER)
    found: list[FoundDevice] = []
    await combine_discoveries(one, other)(found.append, "127.0.0.1", 0.01)
    assert found == [HEARD, ANSWER]
    assert one.listened == other.listened == ["127.0.0.1"]


async def test_probes_take_turns_until_one_is_answered() -> None:
    deaf, probe, never = ScriptedProbe(), ScriptedProbe(ANSWER), ScriptedProbe(HEARD)
    assert await combine_probes(deaf, probe, never)("10.0.0.1", None, 1.0) == ANSWER
    assert (deaf.probed, probe.probed, never.probed) == (["10.0.0.1"], ["10.0.0.1"], [])
    assert await combine_probes(deaf)("10.0.0.1", None, 1.0) is None


async def test_a_door_that_needs_a_key_is_better_than_one_that_is_closed() -> None:
    closed = replace(HEARD, fault=CLOSED)
    locked = replace(ANSWER, fault=DeviceFault(ErrorCode.CREDENTIALS_NEEDED, "Locked", "Give a password"))
    assert await combine_probes(ScriptedProbe(closed), ScriptedProbe(locked))("10.0.0.1", None, 1.0) == locked
    assert (
        await combine_probes(ScriptedProbe(closed), ScriptedProbe(locked), ScriptedProbe(ANSWER))(
            "10.0.0.1", None, 1.0
        )
        == ANSWER
    )
    assert await combine_probes(ScriptedProbe(closed))("10.0.0.1", None, 1.0) == closed


def _answering(answer: FoundDevice | None, ports: list[int | None]) -> tuple[Probe, ExplainSilence]:
    async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        ports.append(port)
        return answer

    async def why(found: FoundDevice, timeout_s: float) -> DeviceFault | None:
        return CLOSED

    return probe, why


async def test_what_answers_is_known_better_and_what_does_not_says_why() -> None:
    ports: list[int | None] = []
    check = make_check(*_answering(ANSWER, ports), usual_ports=(45, 443))
    assert await check(HEARD, 1.0) == replace(
        ANSWER, own_name="FOH", via="mdns", answered=True, rf_band="G51"
    )
    check = make_check(*_answering(None, ports), usual_ports=(45, 443))
    assert await check(replace(HEARD, port=6970), 1.0) == replace(HEARD, port=6970, fault=CLOSED)
    assert ports == [None, 6970]


def test_this_machine_itself_comes_last() -> None:
    own = list_interfaces()
    assert own[-1] == Interface("127.0.0.1", 8, "lo")
