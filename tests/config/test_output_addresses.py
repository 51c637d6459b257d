"""Addresses of outputs as they stand in the settings."""

import pytest

from micboard_tui.config.output_addresses import BrokerAddress, split_address, split_broker


def test_addresses() -> None:
    assert split_address("192.0.2.7:8000") == ("192.0.2.7", 8000)
    assert split_address("[fd00::1]:9") == ("fd00::1", 9)
    assert split_broker("mqtt://broker") == BrokerAddress("broker", 1883, "micboard")
    assert split_broker("mqtts://pia:a%40b@broker:99/house/mics/") == BrokerAddress(
        "broker", 99, "house/mics", "pia", "a@b", has_tls=True
    )


@pytest.mark.parametrize("address", ["", "host", ":8000", "host:port", "host:70000", "1:2:3", "[::1"])
def test_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="should be host:port"):
        split_address(address)


@pytest.mark.parametrize("url", ["", "broker", "http://broker/x", "mqtt:///x", "mqtt://broker/a/#"])
def test_no_broker(url: str) -> None:
    with pytest.raises(ValueError, match="should"):
        split_broker(url)
