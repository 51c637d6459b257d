import pytest

from micboard_tui.config.output_addresses import is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.4.91", "::1"])
def test_this_computer_is_known_by_all_its_own_addresses(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", [None, "", "0.0.0.0", "::", "192.0.2.1", "127.0.0.1.evil.example", "rack"])
def test_no_other_address_is_taken_for_this_computer(host: str | None) -> None:
    assert not is_loopback(host)
