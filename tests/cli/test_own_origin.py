from micboard_tui.cli.own_origin import find_own_origin
from micboard_tui.contracts.origin import FrontEnd


def test_who_comes_by_ssh_comes_from_an_address() -> None:
    environ = {"SSH_CLIENT": "10.0.0.7 51234 22"}
    assert find_own_origin(FrontEnd.BOARD, environ).address == "10.0.0.7"
    here = find_own_origin(FrontEnd.COMMAND, {})
    assert (here.front_end, here.address, bool(here.host)) == (FrontEnd.COMMAND, "", True)
