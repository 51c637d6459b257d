"""What is measured of networks, ports, certificates and clocks for who asks why something does not work."""

import os
import socket
import ssl
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.doctor_facts import Neighbour, TcpAnswer
from micboard_tui.contracts.ports import Interface
from micboard_tui.manufacturers.sennheiser.mcp.port_probe import probe_port
from micboard_tui.manufacturers.transport.certificate_dates import find_end
from micboard_tui.manufacturers.transport.host_probes import SystemHostProbes
from micboard_tui.manufacturers.transport.igmp_table import read_memberships
from micboard_tui.manufacturers.transport.multicast_probe import probe_interface, probe_multicast
from micboard_tui.manufacturers.transport.port_owner import find_udp_owner
from micboard_tui.services.doctor.clock_probe import watch_clock

TABLE = """IP address       HW type     Flags       HW address            Mask     Device
192.168.1.50     0x1         0x2         00:0e:dd:00:00:01     *        eth0
192.168.1.51     0x1         0x0         00:00:00:00:00:00     *        eth0
"""


def test_the_table_of_neighbours_tells_who_was_seen(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    table.write_text(TABLE, encoding="ascii")
    probes = SystemHostProbes(table)
    assert probes.find_neighbour("192.168.1.50") is Neighbour.PRESENT
    assert probes.find_neighbour("192.168.1.51") is Neighbour.ABSENT
    assert probes.find_neighbour("192.168.1.52") is Neighbour.UNKNOWN
    assert SystemHostProbes(tmp_path / "none").find_neighbour("192.168.1.50") is Neighbour.UNKNOWN


def test_the_table_of_multicast_groups_tells_memberships_and_the_version_of_a_querier(tmp_path: Path) -> None:
    table = tmp_path / "igmp"
    table.write_text(
        "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
        "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
        "4\teth0      :     2      V2\n\t\t\t\tFDFEFFEF     1 0:00000000\t\t1\n"
        "\t\t\t\t010000E0     1 0:00000000\t\t0\n",
        encoding="ascii",
    )
    found = read_memberships(table)
    assert {name: each.version for name, each in found.items()} == {"lo": 3, "eth0": 2}
    assert found["eth0"].groups == {"239.255.254.253", "224.0.0.1"}
    for damaged in ("", "Idx\n\t\tFDFEFFEF\n", "Idx\nnothing\n", "Idx\n1\tlo : 1 Vx\n"):
        table.write_text(damaged, encoding="ascii")
        assert read_memberships(table) == {}
    assert read_memberships(tmp_path / "none") == {}


def test_the_end_of_a_certificate_is_read_as_the_standard_library_reads_it() -> None:
    ends_at = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
    issued = trustme.CA().issue_cert("rack", not_after=ends_at)
    shown = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
    assert find_end(shown) == ends_at.timestamp()


@given(st.binary(max_size=200))
def test_what_is_no_certificate_has_no_end(data: bytes) -> None:
    assert find_end(data) is None
    assert find_end(b"\x30\x82" + data) is None


@pytest.mark.virtual_time
@pytest.mark.parametrize("jump_s", [0.0, -3600.0])
async def test_a_clock_that_is_set_while_it_is_watched_is_noticed(jump_s: float) -> None:
    looks = count()

    def wall() -> float:
        return 1_800_000_000.0 + (jump_s if next(looks) else 0.0)

    facts = await watch_clock(wall, lambda: 0.0)
    assert facts.drift_s == pytest.approx(jump_s)


@pytest.mark.integration
async def test_a_connection_shows_whether_a_program_listens() -> None:
    probes = SystemHostProbes()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert await probes.connect("127.0.0.1", port, 1.0) is TcpAnswer.OPEN
    assert await probes.connect("127.0.0.1", port, 1.0) is TcpAnswer.REFUSED
    assert probes.find_route("127.0.0.9").own_address == "127.0.0.1"


@pytest.mark.integration
@pytest.mark.usefixtures("answers")
def test_a_taken_port_is_named_with_the_program_that_has_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 0))
        port = other.getsockname()[1]
        taken = probe_port(port)
        assert taken.error is not None
        assert taken.owner.endswith(f"process {os.getpid()}")
    assert probe_port(port).error is None
    assert find_udp_owner(port) == ""


def test_without_a_table_of_sockets_no_owner_is_named(tmp_path: Path) -> None:
    assert find_udp_owner(53212, tmp_path) == find_udp_owner(53212, tmp_path / "missing") == ""


@pytest.mark.integration
async def test_multicast_comes_back_or_the_reason_is_named() -> None:
    known = await probe_interface(Interface("127.0.0.1", 8, "lo"), 0.5)
    assert known.comes_back or known.interface.name == "lo"
    unknown = await probe_interface(Interface("192.0.2.77", 24, "none"), 0.2)
    assert not unknown.comes_back
    assert unknown.reason
    assert all(not facts.interface.address.startswith("127.") for facts in await probe_multicast(0.1))
