"""What two answers make of one device, and which faults are on our side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.services.discovery.found_devices import (
    Registered,
    add_own_faults,
    address_order,
    choose_interfaces,
    merge_findings,
)
from tests.fakes.plugins import Rack, manufacturer

SHURE = manufacturer("shure", Rack(), other_port=10_000)
ETH = Interface("192.168.1.10", 24, "eth0")
LO = Interface("127.0.0.1", 8, "lo")
BARE = FoundDevice("192.168.1.20", 2202, "shure", "shure-strings", None, None, via="slp")
CLOSED = DeviceFault(ErrorCode.DEVICE_REFUSED, "It refuses", "Let us in")
SILENT = DeviceFault(ErrorCode.DEVICE_SILENT, "It is silent", "Wait")


def test_the_answer_that_knows_more_wins_and_the_other_fills_what_is_missing() -> None:
    heard = replace(BARE, own_name="FOH", rf_band="G51")
    answer = replace(BARE, model="ULXD4D", kind=DeviceKind.RECEIVER, via="probe", answered=True)
    both = replace(answer, own_name="FOH", rf_band="G51")
    assert merge_findings(heard, answer) == both
    assert merge_findings(answer, heard) == both


def test_what_was_found_out_by_asking_outlives_the_next_announcement() -> None:
    refused = replace(BARE, fault=CLOSED)
    again = replace(BARE, model="SLXD4", own_name="FOH")
    assert merge_findings(refused, again).fault == CLOSED
    assert merge_findings(refused, replace(again, answered=True)).fault is None


KNOWN = st.builds(
    FoundDevice,
    st.just("10.0.0.1"),
    st.just(2202),
    st.just("shure"),
    st.sampled_from([None, "shure-strings"]),
    st.sampled_from([None, "A", "B"]),
    st.sampled_from([None, "C"]),
    st.sampled_from([None, *DeviceKind]),
    fault=st.sampled_from([None, CLOSED, SILENT]),
    answered=st.booleans(),
)


@given(KNOWN, KNOWN)
def test_nothing_known_is_ever_lost(one: FoundDevice, other: FoundDevice) -> None:
    both = merge_findings(one, other)
    for name in ("model", "own_name", "kind"):
        assert (getattr(both, name) is None) == (getattr(one, name) is getattr(other, name) is None)
    assert both.answered == (one.answered or other.answered)
    assert merge_findings(both, both) == both


@pytest.mark.parametrize(
    ("found", "interfaces", "code"),
    [
        (BARE, [ETH], None),
        (BARE, [], None),
        (BARE, [LO], ErrorCode.DEVICE_UNREACHABLE),
        (replace(BARE, host="169.254.216.224"), [ETH, LO], ErrorCode.DEVICE_UNREACHABLE),
        (replace(BARE, host="169.254.216.224", fault=SILENT), [ETH], ErrorCode.DEVICE_UNREACHABLE),
        (replace(BARE, host="169.254.216.224", fault=CLOSED), [ETH], ErrorCode.DEVICE_REFUSED),
        (replace(BARE, host="169.254.216.224", answered=True), [ETH], None),
        (replace(BARE, host="fe80::1"), [ETH], None),
        (replace(BARE, host="rack.local"), [ETH], None),
        (replace(BARE, driver="shure-uhfr"), [ETH], ErrorCode.DRIVER_NOT_SUPPORTED),
        (replace(BARE, driver="shure-uhfr", fault=SILENT), [ETH], ErrorCode.DEVICE_SILENT),
        (replace(BARE, driver=None), [ETH], None),
    ],
)
def test_faults_on_our_side_are_seen(
    found: FoundDevice, interfaces: list[Interface], code: ErrorCode | None
) -> None:
    fault = add_own_faults(found, SHURE, interfaces).fault
    assert (None if fault is None else fault.code) == code
    assert fault is None or fault.hint


@pytest.mark.parametrize(
    ("host", "port", "is_known"),
    [
        ("10.0.0.1", 2202, True),
        ("10.0.0.1", 10_000, True),
        ("10.0.0.1", 0, True),
        ("10.0.0.1", 2203, False),
        ("10.0.0.2", 2202, False),
        ("10.0.0.3", 2203, True),
        ("10.0.0.3", 2202, False),
    ],
)
def test_a_registered_device_is_known_by_any_driver_of_its_maker(
    host: str, port: int, is_known: bool
) -> None:
    registered = Registered([("10.0.0.1", 2202), ("10.0.0.3", 2203)])
    assert registered.has(replace(BARE, host=host, port=port), SHURE) is is_known


def test_addresses_come_in_their_order_and_names_last() -> None:
    hosts = ["rack.local", "fd00::1", "10.0.0.10", "10.0.0.9"]
    ordered = sorted((replace(BARE, host=host) for host in hosts), key=address_order)
    assert [each.host for each in ordered] == ["10.0.0.9", "10.0.0.10", "fd00::1", "rack.local"]


def test_interfaces_are_chosen_by_address_or_name() -> None:
    own = [ETH, LO]
    assert list(choose_interfaces([], own)) == own
    assert list(choose_interfaces(["lo"], own)) == [LO]
    assert list(choose_interfaces(["127.0.0.1", "eth0"], own)) == own
    with pytest.raises(MicboardError) as refused:
        choose_interfaces(["lo", "10.0.0.9"], own)
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert "192.168.1.10 (eth0)" in refused.value.info.hint
    with pytest.raises(MicboardError, match="no interface"):
        choose_interfaces(["lo"], [])
