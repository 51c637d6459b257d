"""Settings: which source wins, and what a mistake is told."""

from dataclasses import asdict
from pathlib import Path

import pytest

from micboard_tui.config.paths import Paths, paths_under
from micboard_tui.config.settings import (
    commented_defaults,
    known_keys,
    load_settings,
    origins,
    without_password,
    write_defaults,
)
from micboard_tui.config.start_error import ConfigError
from micboard_tui.config.threshold_settings import thresholds_of
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, BatteryThresholds, Thresholds


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_under(tmp_path)


def written(paths: Paths, text: str | bytes) -> Paths:
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.settings_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return paths


def refused(paths: Paths) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_settings(paths)
    assert caught.value.code == "CONFIG_INVALID"
    assert caught.value.hint
    return caught.value


def test_without_anything_the_defaults_hold(paths: Paths) -> None:
    settings = load_settings(paths)
    assert settings.metering.interval_ms is None
    assert (settings.board.fps, settings.board.theme, settings.storage.interval_s) == (10, "stage", None)
    assert {source for _, _, source in origins(paths)} == {"default"}


def test_the_stronger_source_wins_key_by_key(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    written(paths, "[board]\nfps = 4\ntheme = 'file'\nglyphs = 'ascii'\n")
    monkeypatch.setenv("MICBOARD_BOARD__FPS", "5")
    monkeypatch.setenv("MICBOARD_BOARD__THEME", "env")
    settings = {
        key: (value, source) for key, value, source in origins(paths, {"board": {"theme": "command"}})
    }
    assert settings["board.theme"] == ("command", "command line")
    assert settings["board.fps"] == (5, "environment")
    assert settings["board.glyphs"] == ("ascii", str(paths.settings_file))
    assert settings["log.level"] == ("info", "default")
    assert set(settings) == set(known_keys())


def test_keys_of_the_board_can_be_others(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    written(paths, "[keys]\nswap = 'f5'\nfind = 'slash,ctrl+f'\n")
    monkeypatch.setenv("MICBOARD_KEYS__SWAP", "f6")
    assert load_settings(paths).keys == {"swap": "f6", "find": "slash,ctrl+f"}
    assert ("keys.swap", "f6", "environment") in set(origins(paths))


def test_a_variable_may_hold_a_section_and_another_one_a_part_of_it(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(paths, "[thresholds.battery]\nlow_percent = 30\n")
    monkeypatch.setenv("MICBOARD_THRESHOLDS", '{"battery": {"low_minutes": 50, "critical_minutes": 20}}')
    monkeypatch.setenv("MICBOARD_THRESHOLDS__BATTERY__LOW_MINUTES", "45")
    monkeypatch.setenv("micboard_log__level", "debug")
    settings = load_settings(paths)
    battery = settings.thresholds.battery
    assert (battery.low_minutes, battery.critical_minutes, battery.low_percent) == (45, 20, 30)
    assert settings.log.level == "debug"


@pytest.mark.parametrize("interval_ms", [0, 100, 1000, 65535])
def test_meter_intervals_that_receivers_take(paths: Paths, interval_ms: int) -> None:
    written(paths, f"[metering]\ninterval_ms = {interval_ms}\n")
    assert load_settings(paths).metering.interval_ms == interval_ms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[metering]\ninterval_ms = 50", "metering.interval_ms should be 0, or 100 to 65535, not 50"),
        ("[metering]\ninterval_ms = 70000", "should be 0, or 100 to 65535"),
        (
            "[metering]\nsilence_limit_s = 0.1",
            "metering.silence_limit_s should be 2 or more",
        ),
        ("[board]\nfps = 'many'", "board.fps should be a whole number"),
        ("[board]\nglyphs = 'runes'", "board.glyphs should be 'auto', 'blocks' or 'ascii'"),
        ("[board]\nfsp = 5", "There is no setting board.fsp"),
        ("[bored]\nfps = 5", "There is no setting bored"),
        ("board = 5", "board"),
        ("[board", "is no TOML"),
        (b"\xff\xff", "is no TOML"),
        ("x = " + "[" * 5000, "is nested too deep"),
        ("[" + ".".join("a" * 5000) + "]\nx = 1", "is nested too deep"),
    ],
)
def test_a_mistake_in_the_file_is_named(paths: Paths, text: str | bytes, expected: str) -> None:
    error = refused(written(paths, text))
    assert expected in str(error)
    assert str(paths.settings_file) in str(error)


def test_a_misspelt_key_is_corrected(paths: Paths) -> None:
    assert refused(written(paths, "[board]\nfsp = 5")).hint == "Did you mean board.fps?"
    assert "config show" in refused(written(paths, "[zzz]\nq = 5")).hint


def test_a_file_that_cannot_be_read_is_named(paths: Paths) -> None:
    paths.settings_file.mkdir(parents=True)
    assert "cannot be read" in str(refused(paths))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MICBOARD_BOARD__FPS", "100", "MICBOARD_BOARD__FPS should be 20 or less, not '100'"),
        ("MICBOARD_BORED__FPS", "5", "There is no setting bored.fps (the variable MICBOARD_BORED__FPS)"),
        ("MICBOARD_BOARD", "{", "cannot be read"),
    ],
)
def test_a_mistake_in_the_environment_is_named(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    assert expected in str(refused(paths))


def test_the_written_file_holds_every_setting_and_changes_nothing(paths: Paths) -> None:
    before = load_settings(paths).model_dump()
    assert write_defaults(paths, force=False) == paths.settings_file
    assert load_settings(paths).model_dump() == before
    text = commented_defaults()
    for key in known_keys():
        assert f"\n#{key.split('.')[-1]} = " in text


def test_the_written_file_says_what_can_be_said(paths: Paths) -> None:
    written(paths, commented_defaults().replace("\n#", "\n").replace("\n ", "\n# "))
    settings = load_settings(paths)
    assert settings.metering.interval_ms == 100
    assert settings.database_url == "sqlite:////var/lib/micboard/show.db"


def test_an_existing_file_is_only_written_over_when_asked_to(paths: Paths) -> None:
    written(paths, "[board]\nfps = 4\n")
    with pytest.raises(ConfigError) as caught:
        write_defaults(paths, force=False)
    assert caught.value.code == "INVALID_VALUE"
    assert load_settings(paths).board.fps == 4
    write_defaults(paths, force=True)
    assert load_settings(paths).board.fps == 10
    assert [file.name for file in paths.config.iterdir()] == ["config.toml"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught:
        write_defaults(paths_under(tmp_path / "file"), force=True)
    assert caught.value.code == "DIRECTORY_NOT_WRITABLE"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("database_url", "postgresql://me:s3:cret@db/x", "postgresql://me:***@db/x"),
        ("database_url", "postgresql://me:s3@cret@db/x", "postgresql://me:***@db/x"),
        ("database_url", "postgresql://me:s/3?c#r@db/x", "postgresql://me:***@db/x"),
        ("database_url", "postgresql:/me:s3cret@db/x", "postgresql:/me:***@db/x"),
        ("database_url", "sqlite:///x?pw=s3cret", "sqlite:///x?pw=***"),
        (
            "database_url",
            "postgresql://db/x?options=-c%20password%3Ds3cret&sslmode=on",
            "postgresql://db/x?options=***&sslmode=on",
        ),
        (
            "database_url",
            "postgresql://me@db/x?user=me&password=s3cret&sslmode=on&sslKey=abc#d",
            "postgresql://me@db/x?user=me&password=***&sslmode=on&sslKey=***#d",
        ),
        ("database_url", "sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("database_url", None, None),
        ("alarms.mqtt_url", "mqtt://pia:s3cret@broker/show", "mqtt://pia:***@broker/show"),
        ("alarms.webhook_url", "https://hooks.example/services/T0/s3cret", "https://hooks.example/***"),
        ("alarms.webhook_url", "https://pia:s3cret@example/x", "https://pia:***@example/***"),
        ("alarms.webhook_url", "https://example?s3cret", "https://example?***"),
        ("alarms.webhook_url", "http://192.0.2.7:80/", "http://192.0.2.7:80/"),
        ("alarms.webhook_url", "hooks.example/s3cret", "hooks.example/***"),
        ("board.theme", "a//b:c@d", "a//b:c@d"),
    ],
)
def test_passwords_are_not_shown(key: str, value: str | None, shown: str | None) -> None:
    assert without_password(key, value) == shown


def test_thresholds_are_the_defaults_of_the_trade_unless_set(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = thresholds_of(load_settings(paths).thresholds)
    assert asdict(usual) == asdict(DEFAULT_THRESHOLDS)
    written(paths, "[thresholds.battery]\nlow_minutes = 45\n[thresholds.rf]\nlow_dbm = -80\n")
    monkeypatch.setenv("MICBOARD_THRESHOLDS__BATTERY__CRITICAL_MINUTES", "20")
    set_by_user = thresholds_of(load_settings(paths).thresholds)
    expected = Thresholds(BatteryThresholds(critical_minutes=20, low_minutes=45), rf_low_dbm=-80.0)
    assert asdict(set_by_user) == asdict(expected)
    sources = {key: source for key, _, source in origins(paths)}
    assert sources["thresholds.battery.critical_minutes"] == "environment"
    assert sources["thresholds.battery.low_minutes"] == str(paths.settings_file)
    assert sources["thresholds.battery.low_percent"] == "default"


@pytest.mark.parametrize(
    ("text", "expected", "cure"),
    [
        (
            "[thresholds.battery]\ncritical_minutes = 30\nlow_minutes = 20",
            "thresholds.battery.low_minutes should be more than critical_minutes (30), not 20",
            "Correct the value",
        ),
        (
            "[thresholds.battery]\ncritical_minutes = 30",
            "thresholds.battery.low_minutes should be more than critical_minutes (30), but is 30 where",
            "Set thresholds.battery.low_minutes as well",
        ),
        (
            "[thresholds.battery]\nlow_percent = 101",
            "thresholds.battery.low_percent should be 100 or less, not 101",
            "Correct the value",
        ),
        ("[thresholds.battery]\ncritical_bars = 2", "low_bars should be more than critical_bars (2)", "Set "),
        ("[thresholds.rf]\nlow_dbm = -95", "low_dbm should be more than critical_dbm (-95)", "Correct"),
        ("[thresholds.rf]\ncritical_dbm = nan", "thresholds.rf.critical_dbm", "Correct"),
        ("[thresholds.audio]\nclip_dbfs = -50", "clip_dbfs should be more than sound_dbfs (-45)", "Correct"),
        (
            "[thresholds.battery]\ncritical_minuets = 30",
            "There is no setting thresholds.battery.critical_minuets",
            "Did you mean thresholds.battery.critical_minutes?",
        ),
    ],
)
def test_thresholds_that_contradict_each_other_are_named(
    paths: Paths, text: str, expected: str, cure: str
) -> None:
    error = refused(written(paths, text))
    assert expected in str(error)
    assert cure in error.hint
