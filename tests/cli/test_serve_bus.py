"""Where and by which certificate ``serve`` lets boards attach."""

from pathlib import Path
from typing import Any

import pytest

from micboard_tui.bus.server.server_configuration import ServerAddress
from micboard_tui.cli.serve_bus import find_missing_module, plan_bus
from micboard_tui.config.api_settings import Api
from micboard_tui.config.bus_settings import Bus
from micboard_tui.config.paths import paths_under
from micboard_tui.contracts.errors import ErrorCode, StartError

PATHS = paths_under(Path("/home"))
RACK, RACK_KEY, BUS, BUS_KEY = (Path(name) for name in ("rack.pem", "rack.key", "bus.pem", "bus.key"))
WITH_TLS = {"certificate": RACK, "key": RACK_KEY}
OF_ITS_OWN = {"certificate": BUS, "key": BUS_KEY}
EVERYWHERE = {"listen": "0.0.0.0:4222"}


@pytest.mark.parametrize(
    ("bus", "api", "address"),
    [
        ({}, {}, ServerAddress("127.0.0.1", 4222)),
        ({}, WITH_TLS, ServerAddress("127.0.0.1", 4222)),
        (OF_ITS_OWN, {}, ServerAddress("127.0.0.1", 4222, BUS, BUS_KEY)),
        ({"listen": "[::1]:5222"}, {}, ServerAddress("::1", 5222)),
        ({"listen": "127.0.0.9:5222"}, WITH_TLS, ServerAddress("127.0.0.9", 5222, RACK, RACK_KEY)),
        (EVERYWHERE, WITH_TLS, ServerAddress("0.0.0.0", 4222, RACK, RACK_KEY)),
        ({**EVERYWHERE, **OF_ITS_OWN}, WITH_TLS, ServerAddress("0.0.0.0", 4222, BUS, BUS_KEY)),
    ],
)
def test_the_certificate_is_its_own_or_that_of_the_api_where_an_address_is_given(
    bus: dict[str, Any], api: dict[str, Any], address: ServerAddress
) -> None:
    plan = plan_bus(Bus(**bus), Api(**api), PATHS)
    assert plan is not None
    assert plan.address == address
    assert plan.takes_free_port is ("listen" not in bus)


@pytest.mark.parametrize(
    ("bus", "reason"),
    [
        (EVERYWHERE, "from other computers"),
        ({"listen": "rack.local:4222"}, "from other computers"),
        ({"certificate": BUS}, "only one of them"),
        ({**EVERYWHERE, "key": BUS_KEY}, "only one of them"),
    ],
)
def test_half_a_certificate_and_other_computers_without_one_are_refused(
    bus: dict[str, Any], reason: str
) -> None:
    with pytest.raises(StartError, match=reason) as refused:
        plan_bus(Bus(**bus), Api(without_tls=True), PATHS)
    assert refused.value.code is ErrorCode.CONFIG_INVALID


def test_it_can_be_left_out() -> None:
    assert plan_bus(Bus(enabled=False, listen="127.0.0.1:4222"), Api(), PATHS) is None


def test_without_the_extra_it_is_left_out_unless_it_was_asked_for() -> None:
    assert find_missing_module() is None
    assert plan_bus(Bus(), Api(), PATHS, "nats") is None
    with pytest.raises(StartError, match="nats") as refused:
        plan_bus(Bus(listen="127.0.0.1:4222"), Api(), PATHS, "nats")
    assert "pip install 'micboard-tui[fleet]'" in refused.value.info.hint
