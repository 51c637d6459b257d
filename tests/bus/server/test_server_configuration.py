"""What our nats-server is told."""

import json
from pathlib import Path

import pytest

from micboard_tui.bus.connection import MAX_PAYLOAD
from micboard_tui.bus.server.server_configuration import (
    AccessRights,
    ServerAddress,
    ServerUser,
    configuration_text,
)

ADDRESS = ServerAddress("127.0.0.1", 4222)


def test_a_server_without_users_is_refused_since_it_would_let_everybody_in() -> None:
    with pytest.raises(ValueError, match="lets everybody in"):
        configuration_text("rack", ADDRESS, Path("/store"), [])


def test_no_subject_at_all_is_denied_by_name_since_an_empty_list_allows_everything() -> None:
    user = ServerUser("UKEY", AccessRights((), ("mb1.>",)))
    written = json.loads(configuration_text("rack", ADDRESS, Path("/store"), [user]))
    assert written["authorization"]["users"] == [
        {
            "nkey": "UKEY",
            "permissions": {
                "publish": {"deny": [">"]},
                "subscribe": {"allow": ["mb1.>"]},
            },
        }
    ]


def test_a_power_cut_takes_a_second_and_a_client_that_does_not_read_is_dropped() -> None:
    written = json.loads(configuration_text("rack", ADDRESS, Path("/my rack/ü"), None))
    assert written["jetstream"]["sync_interval"] == "1s"
    assert written["jetstream"]["store_dir"] == "/my rack/ü"
    assert written["write_deadline"] == "2s"
    assert written["max_pending"] > written["max_payload"] == MAX_PAYLOAD
    assert "tls" not in written


def test_a_certificate_switches_tls_on() -> None:
    address = ServerAddress("0.0.0.0", 4222, Path("/rack.pem"), Path("/rack.key"))
    written = json.loads(configuration_text("rack", address, Path("/store"), None))
    assert (written["tls"]["cert_file"], written["tls"]["key_file"]) == ("/rack.pem", "/rack.key")
