"""What is sent to others holds no secret, known or only written like one."""

import json
from pathlib import Path

import pytest

from micboard_tui.config.diagnostics_mask import DiagnosticsMask
from micboard_tui.config.paths import paths_under
from micboard_tui.config.secret_mask import Mask

SECRET = "Hunter-two-2"  # noqa: S105 - of a test
SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://pia:{SECRET}@10.0.0.9/show",
        f"Authorization: Basic {SECRET}",
        f"authorization=Bearer {SECRET}",
        f'{{"password": "{SECRET}"}}',
        f'{{"device": {{"apiKey": "{SECRET}", "name": "Rack A"}}}}',
        f"login failed password={SECRET} user=pia",
        f'{{"detail": "password={SECRET}"}}',
        json.dumps({"detail": json.dumps({"password": SECRET})}),
        f"cookie: {SECRET}; path=/",
        f"https://example.org/in?token={SECRET}&a=1",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
        f"hash $argon2id$v=19$m=65536,t=3,p=4${SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert SECRET not in DiagnosticsMask(Mask())(text)


def test_keys_of_the_bus_and_tokens_are_hidden() -> None:
    mask = DiagnosticsMask(Mask())
    assert SEED not in mask(f"seed {SEED} was read")
    assert "abcdefghijklmnopqrstuvwx" not in mask("mb_0a1b_abcdefghijklmnopqrstuvwx came")


def test_what_lies_on_this_computer_is_hidden_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = paths_under(tmp_path)
    for directory in (paths.config, paths.data):
        directory.mkdir()
    paths.secrets_file.write_text('["device x"]\nvalue = "From-the-file-1"\n', encoding="utf-8")
    paths.bus_key_file.write_text("a-key-of-this-computer\n", encoding="utf-8")
    monkeypatch.setenv("MICBOARD_SECRETS__DEVICE_X", "From-environment-1")
    monkeypatch.setenv("MICBOARD_ALARMS__MQTT_URL", "mqtt://a:Of-the-broker@10.0.0.8/x")
    mask = DiagnosticsMask(Mask())
    mask.learn_all(paths, ["postgresql://a:Of%2Fserver@h/x", "https://hooks.example.org/T000/B000"], [])
    text = (
        "From-the-file-1 a-key-of-this-computer From-environment-1 Of-the-broker Of/server Of%2Fserver"
        " T000/B000"
    )
    assert set(mask(text).split()) == {"***"}


def test_what_is_no_secret_stays_readable_and_json_stays_json() -> None:
    mask = DiagnosticsMask(Mask())
    for text in (
        "192.168.1.50 answers as shure-strings",
        "Store it: micboard-tui secrets set DEVICE",
        "Store the password: micboard-tui secrets set DEVICE",
        "nats://192.0.2.9:4222",
    ):
        assert mask(text) == text
    document = {"title": "password", "cure": "Store it", "password": 'a"b', "tokens": None, "n": 3}
    assert json.loads(mask(json.dumps(document))) == {**document, "password": "***"}
