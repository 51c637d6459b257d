"""What can be set. Strongest first: command line, environment, config.toml, these defaults."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from micboard_tui.config.api_settings import Api
from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.attachment import Attach
from micboard_tui.config.bus_settings import Bus
from micboard_tui.config.fleet_settings import Fleet
from micboard_tui.config.nested_values import Values, flatten, put_over
from micboard_tui.config.operator_name import MAX_OPERATOR
from micboard_tui.config.output_addresses import split_address, split_broker
from micboard_tui.config.paths import Paths
from micboard_tui.config.secret_mask import mask_behind_host, mask_url
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError
from micboard_tui.config.threshold_settings import Section, ThresholdSettings
from micboard_tui.config.value_reasons import plain_reason
from micboard_tui.domain.board_defaults import DEFAULT_FPS, DEFAULT_THEME, MAX_FPS, MIN_FPS
from micboard_tui.domain.near_name import find_near_name
from micboard_tui.domain.thresholds import (
    CONNECT_TIMEOUT_S,
    MIN_STORE_INTERVAL_S,
    PEAK_HOLD_S,
    SERVER_STORE_INTERVAL_S,
    SILENCE_LIMIT_S,
    STORE_INTERVAL_S,
)

PREFIX, BETWEEN = "MICBOARD_", "__"
KEYS = "keys"
DEFAULT = "default"
"""The origin of what no source holds."""
_MASKS = {
    "database_url": mask_url,
    "alarms.webhook_url": mask_behind_host,
    "alarms.mqtt_url": mask_url,
}
"""How settings with secrets in them are shown."""
NOT_SETTINGS = frozenset({"MICBOARD_HOME"})
SECRETS = "MICBOARD_SECRETS__"
"""Variables that start so hold secrets and are read elsewhere."""
MIN_INTERVAL_MS, MAX_INTERVAL_MS = 100, 65535


def _meter_interval(value: int) -> int:
    if value != 0 and not MIN_INTERVAL_MS <= value <= MAX_INTERVAL_MS:
        raise ValueError(f"should be 0, or {MIN_INTERVAL_MS} to {MAX_INTERVAL_MS}")
    return value


class Metering(Section):
    """How often receivers are asked for their meters, and when they count as gone."""

    interval_ms: Annotated[int, AfterValidator(_meter_interval)] | None = Field(
        default=None,
        description="Milliseconds between two meter readings, 100 to 65535, or 0 for none."
        " Left out: 100; 1000 on QLX-D and 200 on SpeechLine DW.",
    )
    silence_limit_s: float = Field(
        default=SILENCE_LIMIT_S,
        ge=2.0,
        le=300.0,
        description="Seconds of silence after which a device is offline.",
    )
    connect_timeout_s: float = Field(
        default=CONNECT_TIMEOUT_S, ge=0.2, le=30.0, description="Seconds to wait for a connection."
    )


class Storage(Section):
    """How often readings are written down."""

    interval_s: Annotated[float, Field(ge=MIN_STORE_INTERVAL_S, le=3600.0)] | None = Field(
        default=None,
        description="Seconds between two writings of last readings. A changed link state is written at once."
        f" Left out: {STORE_INTERVAL_S:.0f}; {SERVER_STORE_INTERVAL_S:.0f} on a database server.",
    )


class Board(Section):
    """How the board looks."""

    fps: int = Field(default=DEFAULT_FPS, ge=MIN_FPS, le=MAX_FPS, description="Frames a second.")
    frame_buffer: bool = Field(
        default=True,
        description="Write only the cells that changed. Off where a terminal shows something wrong.",
    )
    peak_hold_s: float = Field(
        default=PEAK_HOLD_S, ge=0.3, le=10.0, description="Seconds for which the peak of the audio is held."
    )
    theme: str = Field(
        default=DEFAULT_THEME, description="The name of a theme; your own lie in the themes directory."
    )
    glyphs: Literal["auto", "blocks", "ascii"] = Field(
        default="auto", description="What bars are drawn with; auto decides by the terminal's encoding."
    )


def _osc_address(value: str) -> str:
    split_address(value)
    return value


def _mqtt_url(value: str) -> str:
    split_broker(value)
    return value


def _webhook_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("should be http://… or https://…")
    return value


class Alarms(Section):
    """Who hears of alarms beside the board; all of it is off until it is set."""

    bell: bool = Field(
        default=False,
        description="Ring the terminal's bell: three times for what is urgent now, once for what is soon.",
    )
    desktop: Literal["off", "auto", "osc9", "osc777", "osc99"] = Field(
        default="off",
        description="Messages on the desktop through the terminal; auto: where it is known to have them.",
    )
    webhook_url: Annotated[str, AfterValidator(_webhook_url)] | None = Field(
        default=None, description="Post each alarm as JSON to this address."
    )
    osc_address: Annotated[str, AfterValidator(_osc_address)] | None = Field(
        default=None, description="Send each alarm as OSC to this host:port. Needs the extra osc."
    )
    mqtt_url: Annotated[str, AfterValidator(_mqtt_url)] | None = Field(
        default=None,
        description="Publish alarms at this MQTT broker, below this topic. Needs the extra mqtt.",
    )


class ShowControl(Section):
    """What other programs may call while a show is on."""

    osc_listen: Annotated[str, AfterValidator(_osc_address)] | None = Field(
        default=None,
        description="Listen for OSC of show control at this host:port; 127.0.0.1 is this computer alone."
        " Needs the extra osc.",
    )


class Log(Section):
    """What is written to the log."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important events that are written."
    )


class Settings(BaseModel):
    """All settings. Read once at the start and passed on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: str | None = Field(
        default=None,
        description="Any SQLAlchemy address of a database. Left out: an SQLite file in the data directory.",
    )
    read_only: bool = Field(
        default=False,
        description="Refuse everything that changes something, on this computer or for this account.",
    )
    operator: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_OPERATOR,
        description="Your name beside what you do; undo takes back what was done under it."
        " Left out: your login name.",
    )
    metering: Metering = Metering()
    storage: Storage = Storage()
    board: Board = Board()
    alarms: Alarms = Alarms()
    show: ShowControl = ShowControl()
    api: Api = Api()
    attach: Attach = Attach()
    bus: Bus = Bus()
    fleet: Fleet = Fleet()
    log: Log = Log()
    thresholds: ThresholdSettings = ThresholdSettings()
    keys: dict[str, str] = Field(
        default={},
        description="Other keys on the board, by the names of what they do (docs/reference/keys.md).",
    )


def load_settings(paths: Paths, overrides: Values | None = None) -> Settings:
    """Read and check all sources.

    Raises ConfigError CONFIG_INVALID that names the source, the key, and what to write instead.
    """
    layers = _layers(paths, overrides or {})
    for name, values in layers.items():
        for key, _ in flatten(values):
            _check_known(name, key)
    merged: Values = {}
    for upper in reversed(layers.values()):
        merged = put_over(merged, upper)
    try:
        return Settings(**merged)
    except ValidationError as error:
        raise _invalid(error, layers) from error


def origins(paths: Paths, overrides: Values | None = None) -> Iterator[tuple[str, Any, str]]:
    """Each setting with its value and the name of the source it came from."""
    layers = _layers(paths, overrides or {})
    for key, value in flatten(load_settings(paths, overrides).model_dump()):
        yield key, value, _origin(layers, key)


def write_defaults(paths: Paths, *, force: bool) -> Path:
    """Write a config.toml in which every setting stands, commented out. Raises ConfigError."""
    write_new(paths.settings_file, commented_defaults(), force=force)
    return paths.settings_file


def commented_defaults() -> str:
    """Every setting with its meaning and its default."""
    top = ["# Settings of micboard-tui. Take away the # in front of what you change.", ""]
    sections: list[str] = []
    for name, field in Settings.model_fields.items():
        if name == KEYS:
            sections += [f"[{name}]", f"# {field.description}", '#swap = "f5"', '#find = "slash,ctrl+f"', ""]
        elif isinstance(field.default, Section):
            sections += _commented_section(name, field.default)
        else:
            top += [f"# {field.description}", _example(name, field.default), ""]
    return "\n".join(top + sections)


def _commented_section(name: str, section: Section) -> Iterator[str]:
    """A table with its settings, and after it the tables in it."""
    fields = type(section).model_fields
    if values := {key: field for key, field in fields.items() if not isinstance(field.default, Section)}:
        yield f"[{name}]"
        for key, field in values.items():
            yield f"# {field.description}"
            yield _example(key, field.default)
        yield ""
    for key, field in fields.items():
        if isinstance(field.default, Section):
            yield from _commented_section(f"{name}.{key}", field.default)


def _example(key: str, default: object) -> str:
    examples = {
        "database_url": '"sqlite:////var/lib/micboard/show.db"',
        "interval_ms": "100",
        "interval_s": "10",
        "operator": '"Pia"',
        "webhook_url": '"https://example.org/alarms"',
        "osc_listen": '"127.0.0.1:53535"',
        "osc_address": '"192.0.2.7:8000"',
        "mqtt_url": '"mqtt://user:password@192.0.2.8/micboard"',
        "certificate": '"/etc/micboard/rack.pem"',
        "key": '"/etc/micboard/rack.key"',
        "watch_without_login": "false",
        "metrics_from": '"192.0.2.10, 2001:db8::/64"',
        "proxies": '"127.0.0.1"',
        "url": '"nats://192.0.2.9"',
        "ca": '"/etc/micboard/ca.pem"',
        "listen": '"192.0.2.9:4222"',
        "server": '"/usr/local/bin/nats-server"',
        "roles": '"collector"',
        "name": '"stage left"',
        "zone": '"stage"',
        "bus": '"tls://192.0.2.9"',
        "users_file": '"/var/lib/micboard-nats/users.conf"',
        "pid_file": '"/run/micboard-nats/nats-server.pid"',
    }
    if default is None:
        return f"#{key} = {examples[key]}"
    # TOML writes what these defaults are as JSON does.
    return f"#{key} = {json.dumps(default)}"


def _layers(paths: Paths, overrides: Values) -> dict[str, Values]:
    return {
        "command line": overrides,
        "environment": _read_environment(),
        str(paths.settings_file): _read(paths.settings_file),
    }


def _read_environment() -> Values:
    names = [
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name not in NOT_SETTINGS and not name.startswith(SECRETS)
    ]
    if not names:
        return {}
    # Most starts have none, and what reads them takes a twentieth of a start to load.
    from micboard_tui.config.variables import VariableError, read_variables  # noqa: PLC0415

    try:
        values = read_variables(Settings, PREFIX, BETWEEN)
    except VariableError as error:
        raise _error(f"A {PREFIX}… variable cannot be read: {error}", "Write plain values") from error
    for name in names:
        if name.startswith(PREFIX):
            _check_known(f"the variable {name}", name.removeprefix(PREFIX).lower().replace(BETWEEN, "."))
    return values


def _read(file: Path) -> Values:
    try:
        values = tomllib.loads(read_small(file).decode())
        # Tables may be nested deeper than they can be walked.
        for _ in flatten(values):
            pass
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _error(
            f"{file} is no TOML: {_reason_of(error)}", "Correct that line, or move the file away"
        ) from error
    except OSError as error:
        raise _error(f"{file} cannot be read ({error.strerror})", "Check its rights") from error
    return values


def _reason_of(error: ValueError | RecursionError) -> str:
    match error:
        case RecursionError():
            return "it is nested too deep"
        case UnicodeDecodeError():
            line = error.object.count(b"\n", 0, error.start) + 1
            return f"it is not UTF-8 (at line {line})"
        case _:
            return str(error)


@cache
def known_keys() -> tuple[str, ...]:
    """Every key that can be set, as ``section.key``."""
    return tuple(key for key, _ in flatten(Settings.model_construct().model_dump()))


def _check_known(source: str, key: str) -> None:
    known = known_keys()
    if key == KEYS or (key.startswith(f"{KEYS}.") and key.count(".") == 1):
        # Which names there are, the board knows.
        return
    if key in known or any(name.startswith(f"{key}.") for name in known):
        return
    near = find_near_name(key, known)
    hint = f"Did you mean {near}?" if near else "'micboard-tui config show' lists what can be set"
    raise _error(f"There is no setting {key} ({source})", hint)


def _invalid(error: ValidationError, layers: Mapping[str, Values]) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    source = _origin(layers, key)
    reason = plain_reason(first["msg"])
    if source == DEFAULT:
        # It only does not fit to another setting, which the reason names.
        return _error(f"{key} {reason}, but is {first['input']!r} where it is not set", f"Set {key} as well")
    shown = without_password(key, first["input"])
    where = f"{PREFIX}{key.upper().replace('.', '__')}" if source == "environment" else f"{source}: {key}"
    return _error(f"{where} {reason}, not {shown!r}", "Correct the value, or leave the setting out")


def _origin(layers: Mapping[str, Values], key: str) -> str:
    return next((name for name, values in layers.items() if key in dict(flatten(values))), DEFAULT)


def _error(message: str, hint: str) -> ConfigError:
    return ConfigError("CONFIG_INVALID", message, hint=hint)


def without_password(key: str, value: object) -> object:
    """A setting as it may be shown: an address without the secrets in it."""
    mask = _MASKS.get(key)
    return value if mask is None or not isinstance(value, str) else mask(value)
