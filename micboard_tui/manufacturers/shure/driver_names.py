"""The names under which this manufacturer and its drivers are stored, typed and exported, and their ports."""

from collections.abc import Mapping

MANUFACTURER = "shure"
STRINGS = "shure-strings"
UHFR = "shure-uhfr"
SYSTEM_API = "shure-system-api"
PORTS: Mapping[str, int] = {STRINGS: 2202, UHFR: 2202, SYSTEM_API: 10_000}
