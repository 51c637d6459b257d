"""Where and by which certificate ``serve`` lets boards attach."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from micboard_tui.bus.server.key_pairs import make_key_pair
from micboard_tui.bus.server.server_configuration import ServerAddress
from micboard_tui.cli.attached import find_missing_module
from micboard_tui.cli.serve_bus import offer_bus, plan_bus
from micboard_tui.config.api_settings import Api
from micboard_tui.config.attachment import Attachment
from micboard_tui.config.bus_settings import Bus
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.console import Console
from micboard_tui.container import Options, open_container
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.user import Permission
from tests.services.results import data_of

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services

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


def test_on_a_system_without_signals_it_is_left_out_unless_it_was_asked_for() -> None:
    assert plan_bus(Bus(), Api(), PATHS, has_signals=False) is None
    with pytest.raises(StartError, match="Windows"):
        plan_bus(Bus(listen="127.0.0.1:4222"), Api(), PATHS, has_signals=False)


@pytest.mark.integration
async def test_a_user_attaches_with_the_key_to_what_is_offered_and_does_what_the_role_allows(
    tmp_path: Path,
) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    plan = plan_bus(Bus(), Api(), paths)
    made = make_key_pair()
    async with open_container(Options(), paths) as services:
        data_of(await services.users.add_user("Ada", Permission.WRITE, actor="Pia"))
        data_of(await services.users.set_key("Ada", made.public_key, actor="Pia"))
        data_of(await services.synchronization.start())
        async with offer_bus(plan, services) as bus:
            assert bus is not None
            console = Console("rack", rate_hz=2, is_board=True)
            async with console.open(Attachment(bus.url, "Ada", made.seed)) as attached:
                performer = data_of(await attached.assignments.add_performer("Maria", actor="Eve"))
                refused = await attached.users.list_users()
                assert not refused.success
                assert refused.error.code is ErrorCode.NOT_ALLOWED
        assert data_of(await services.assignments.find_performer("Maria")) == performer
        assert bus.pid is None
        # Who acts is who has the key, whatever was called.
        assert not (await services.assignments.undo(actor="Eve")).success
        assert (await services.assignments.undo(actor="Ada")).success


async def test_what_is_left_out_is_not_offered() -> None:
    async with offer_bus(None, cast("Services", None)) as bus:
        assert bus is None
