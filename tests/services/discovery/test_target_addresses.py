"""Which hosts addresses, networks and names stand for."""

import pytest

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.services.discovery.target_addresses import expand_targets


@pytest.mark.parametrize(
    ("targets", "hosts"),
    [
        ([], []),
        (["10.0.0.1"], ["10.0.0.1"]),
        ([" 10.0.0.0/30 "], ["10.0.0.1", "10.0.0.2"]),
        (["10.0.0.1/30"], ["10.0.0.1", "10.0.0.2"]),
        (["10.0.0.7/32"], ["10.0.0.7"]),
        (["fd00::/126"], ["fd00::1", "fd00::2", "fd00::3"]),
        (["Rack-A.local", "10.0.0.1", "10.0.0.1"], ["rack-a.local", "10.0.0.1"]),
    ],
)
def test_addresses_networks_and_names_become_hosts(targets: list[str], hosts: list[str]) -> None:
    assert list(expand_targets(targets)) == hosts


def test_a_network_of_1024_is_the_greatest() -> None:
    assert len(expand_targets(["10.0.0.0/22"])) == 1022
    assert len(expand_targets(["10.0.0.0/22", "10.9.0.1", "10.9.0.2"])) == 1024


@pytest.mark.parametrize(
    "targets",
    [
        ["10.0.0.0/21"],
        ["fd00::/64"],
        ["10.0.0.0/22", "10.9.0.0/29"],
        ["10.0.0.0/99"],
        ["10.0.0.999"],
        ["\x1b/24"],
        ["rack/24"],
        [""],
    ],
)
def test_too_many_or_none_are_refused(targets: list[str]) -> None:
    with pytest.raises(MicboardError) as refused:
        expand_targets(targets)
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert refused.value.info.hint
    assert "\x1b" not in refused.value.info.message
