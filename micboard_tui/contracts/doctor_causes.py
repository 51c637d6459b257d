"""The closed list of causes that ``doctor`` can name, each with its meaning and its cure in plain words.

Where the error of a driver or of the database knows a cure for the model or the server at hand, that one is
shown; the ones here are for all others, and for the table in docs/reference/causes.md.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.contracts import hints
from micboard_tui.contracts.health import MAKE_ROOM


class Cause(StrEnum):
    """Why something does not work, or may not for long."""

    # On the way to a device.
    NAME_UNKNOWN = "NAME_UNKNOWN"
    NAME_SERVICE_SILENT = "NAME_SERVICE_SILENT"
    NO_NETWORK = "NO_NETWORK"
    NO_ROUTE = "NO_ROUTE"
    OTHER_NETWORK = "OTHER_NETWORK"
    NETMASK_DIFFERS = "NETMASK_DIFFERS"
    DEVICE_OFF = "DEVICE_OFF"
    PORT_BLOCKED = "PORT_BLOCKED"
    PORT_REFUSED = "PORT_REFUSED"
    WRONG_PORT = "WRONG_PORT"
    WRONG_DRIVER = "WRONG_DRIVER"
    DRIVER_MISSING = "DRIVER_MISSING"
    # At the device.
    NOT_A_DEVICE = "NOT_A_DEVICE"
    DEVICE_SILENT = "DEVICE_SILENT"
    ACCESS_OFF = "ACCESS_OFF"
    FIRMWARE_FROZEN = "FIRMWARE_FROZEN"
    FIRMWARE_MAY_FREEZE = "FIRMWARE_MAY_FREEZE"
    SELF_TEST_FAILED = "SELF_TEST_FAILED"
    CERTIFICATE_UNKNOWN = "CERTIFICATE_UNKNOWN"
    CERTIFICATE_CHANGED = "CERTIFICATE_CHANGED"
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED"
    PASSWORD_MISSING = "PASSWORD_MISSING"  # noqa: S105 - a cause, no password
    PASSWORD_REFUSED = "PASSWORD_REFUSED"  # noqa: S105 - a cause, no password
    SECRETS_UNREADABLE = "SECRETS_UNREADABLE"
    METER_RATE_CONTESTED = "METER_RATE_CONTESTED"
    # At this computer.
    SETTINGS_INVALID = "SETTINGS_INVALID"
    PORT_TAKEN = "PORT_TAKEN"
    MULTICAST_BLOCKED = "MULTICAST_BLOCKED"
    CLOCK_JUMPED = "CLOCK_JUMPED"
    CLOCK_NOT_SET = "CLOCK_NOT_SET"
    CLOCK_DIFFERS = "CLOCK_DIFFERS"
    TERMINAL_UNABLE = "TERMINAL_UNABLE"
    TERMINAL_NOT_UTF8 = "TERMINAL_NOT_UTF8"
    TERMINAL_WIDTHS = "TERMINAL_WIDTHS"
    TERMINAL_FEW_COLOURS = "TERMINAL_FEW_COLOURS"
    TERMINAL_SCREEN = "TERMINAL_SCREEN"
    DISK_FULL = "DISK_FULL"
    DISK_LOW = "DISK_LOW"
    DIRECTORY_NOT_WRITABLE = "DIRECTORY_NOT_WRITABLE"
    DATABASE_DAMAGED = "DATABASE_DAMAGED"
    DATABASE_LOCKED = "DATABASE_LOCKED"
    DATABASE_NEWER = "DATABASE_NEWER"
    DATABASE_NOT_WRITABLE = "DATABASE_NOT_WRITABLE"
    DATABASE_FAILS = "DATABASE_FAILS"
    READ_ELSEWHERE = "READ_ELSEWHERE"
    EXTRA_MISSING = "EXTRA_MISSING"
    PLUGIN_BROKEN = "PLUGIN_BROKEN"
    # At servers.
    SERVER_AWAY = "SERVER_AWAY"
    SERVER_REFUSES = "SERVER_REFUSES"
    SERVER_RIGHTS = "SERVER_RIGHTS"
    SERVER_TOO_OLD = "SERVER_TOO_OLD"
    SERVER_NOT_ENCRYPTED = "SERVER_NOT_ENCRYPTED"
    BUS_AWAY = "BUS_AWAY"
    BUS_REFUSES = "BUS_REFUSES"


class CauseText(NamedTuple):
    """What a cause means, and what to do about it, in plain words."""

    meaning: str
    cure: str


_USE_ADDRESS = hints.USE_ADDRESS_FROM_MENU
CAUSE_TEXTS: Mapping[Cause, CauseText] = {
    Cause.NAME_UNKNOWN: CauseText("No address is known for the name of the device", _USE_ADDRESS),
    Cause.NAME_SERVICE_SILENT: CauseText(
        "The name server does not answer", f"{_USE_ADDRESS}, or check the network's name server"
    ),
    Cause.NO_NETWORK: CauseText(
        "This computer is in no network", "Plug its network cable in, or switch its network interface on"
    ),
    Cause.NO_ROUTE: CauseText(
        "This computer has no way to the network of the device",
        "Give this computer an address in the network of the device, or the device one in that of this"
        " computer",
    ),
    Cause.OTHER_NETWORK: CauseText(
        "The device is in another network than this computer, and no router leads there",
        "Put both into the same network or VLAN: alike in the first parts of their addresses, same netmask",
    ),
    Cause.NETMASK_DIFFERS: CauseText(
        "The netmask of this computer is too narrow, so that it looks for the device elsewhere",
        "Give this computer the netmask that the device has",
    ),
    Cause.DEVICE_OFF: CauseText("No device answers at the address", hints.CHECK_NETWORK),
    Cause.PORT_BLOCKED: CauseText(
        "The device is there, and something on the way drops what is sent to its port",
        "Allow the port in the firewall of this computer, and in switches or access points on the way",
    ),
    Cause.PORT_REFUSED: CauseText("No program listens at the port", hints.CHECK_CONTROLLER_ACCESS),
    Cause.WRONG_PORT: CauseText(
        "The device answers at another port", "Register it with that port: micboard-tui devices set"
    ),
    Cause.WRONG_DRIVER: CauseText(
        "What answers speaks the protocol of another driver",
        "Remove the device, and add it as what it is: micboard-tui devices add",
    ),
    Cause.DRIVER_MISSING: CauseText(
        "The driver that the device was registered with is not installed",
        "Install the plugin that brings it, or remove the device",
    ),
    Cause.NOT_A_DEVICE: CauseText("What answers is no device that is supported", hints.CHECK_ADDRESS),
    Cause.DEVICE_SILENT: CauseText(
        "The device takes what is sent and does not answer",
        "Restart it, and check that it allows controllers",
    ),
    Cause.ACCESS_OFF: CauseText(
        "The device does not let other programs in",
        "Allow them at the device: on SLX-D Advanced Settings > Controller Access > Allow; on EW-DX"
        " third-party"
        " access in Control Cockpit or WSM; on ew G3 and G4 network control in the menu",
    ),
    Cause.FIRMWARE_FROZEN: CauseText("The firmware of the QLX-D has locked up", "Switch it off and on"),
    Cause.FIRMWARE_MAY_FREEZE: CauseText(
        "The firmware of this QLX-D locks up when a program vanishes while it meters",
        "Meter it seldom, end programs properly, and keep it on a cable, not on Wi-Fi",
    ),
    Cause.SELF_TEST_FAILED: CauseText(
        "The device says that its self-test failed or its update is incomplete",
        "Update its firmware again, and restart it",
    ),
    Cause.CERTIFICATE_UNKNOWN: CauseText(
        "The certificate of the device was not accepted yet",
        "Compare and accept it: micboard-tui devices trust",
    ),
    Cause.CERTIFICATE_CHANGED: CauseText(
        "The device shows another certificate than the one that was accepted",
        "After a reset or an exchange, accept it: micboard-tui devices trust. Else the connection may be"
        " intercepted",
    ),
    Cause.CERTIFICATE_EXPIRED: CauseText(
        "The certificate of the device has expired, or is not valid yet; it is accepted all the same,"
        " since it"
        " is the one that you accepted",
        "Check the clock of the device, or renew its certificate, and accept the new one",
    ),
    Cause.PASSWORD_MISSING: CauseText(
        "The device needs a password or key, and none is stored", "Store it: micboard-tui secrets set DEVICE"
    ),
    Cause.PASSWORD_REFUSED: CauseText(
        "The device refuses the password or key that is stored",
        "Store the right one: micboard-tui secrets set DEVICE. Wrong tries can lock the device's account",
    ),
    Cause.SECRETS_UNREADABLE: CauseText(
        "The store of passwords cannot be read", "Unlock the keyring of this computer, or repair secrets.toml"
    ),
    Cause.METER_RATE_CONTESTED: CauseText(
        "Another program changes how often the device meters",
        "Have one program meter the device: switch metering off in the other one, or give it the same rate",
    ),
    Cause.SETTINGS_INVALID: CauseText("The settings cannot be used", "Correct config.toml or the variable"),
    Cause.PORT_TAKEN: CauseText(
        "Another program of this computer has UDP port 53212, to which ew G3, G4 and 2000 series answer",
        "Close Wireless Systems Manager (WSM) or the other program, or use another computer",
    ),
    Cause.MULTICAST_BLOCKED: CauseText(
        "Multicast does not come back on a network interface, so that devices there are not found by"
        " themselves",
        "Allow multicast in the firewall of this computer; add devices by their address meanwhile",
    ),
    Cause.CLOCK_JUMPED: CauseText(
        "The clock of this computer is being set while the program runs",
        "Let one program set the clock (NTP), and set it before the show",
    ),
    Cause.CLOCK_NOT_SET: CauseText(
        "The clock of this computer is not set by any time server",
        "Switch network time on, or set the clock by hand before the show",
    ),
    Cause.CLOCK_DIFFERS: CauseText(
        "The clocks of this computer and of a server differ",
        "Set both by the same time server (NTP)",
    ),
    Cause.TERMINAL_UNABLE: CauseText(
        "The terminal cannot show a board",
        "Use another terminal, or set TERM to what it is, as xterm-256color",
    ),
    Cause.TERMINAL_NOT_UTF8: CauseText(
        "The locale is not UTF-8, so that bars and names are drawn with plain letters",
        "Set a UTF-8 locale, as LANG=C.UTF-8",
    ),
    Cause.TERMINAL_WIDTHS: CauseText(
        "The terminal draws some signs wider than they are, so that columns do not line up",
        "Choose another font or terminal, switch wide ambiguous signs off there, or set board.glyphs to"
        " ascii",
    ),
    Cause.TERMINAL_FEW_COLOURS: CauseText(
        "The terminal shows few colours",
        "Set TERM=xterm-256color or COLORTERM=truecolor where the terminal has more",
    ),
    Cause.TERMINAL_SCREEN: CauseText(
        "GNU screen between board and terminal drops colours and whole frames", "Use tmux in place of screen"
    ),
    Cause.DISK_FULL: CauseText("The disk is full", MAKE_ROOM),
    Cause.DISK_LOW: CauseText("The disk is nearly full", MAKE_ROOM),
    Cause.DIRECTORY_NOT_WRITABLE: CauseText(
        "A directory of the program cannot be written",
        "Make it, give yourself the right to write there, or choose another with MICBOARD_HOME",
    ),
    Cause.DATABASE_DAMAGED: CauseText(
        "The database is damaged",
        "Start the board, which repairs it; or restore a copy of:  micboard-tui backup --list",
    ),
    Cause.DATABASE_LOCKED: CauseText(
        "Another program keeps the database locked", "End the other program, or wait a moment and try again"
    ),
    Cause.DATABASE_NEWER: CauseText(
        "The database was made by a newer release",
        "Update micboard-tui, or use another database with MICBOARD_HOME or MICBOARD_DATABASE_URL",
    ),
    Cause.DATABASE_NOT_WRITABLE: CauseText(
        "The database cannot be opened for writing", "Check the file, its directory and the rights of both"
    ),
    Cause.DATABASE_FAILS: CauseText("The database does not work", "Check MICBOARD_DATABASE_URL"),
    Cause.READ_ELSEWHERE: CauseText(
        "Another computer reads the devices of this database", "End one of the two programs"
    ),
    Cause.EXTRA_MISSING: CauseText(
        "What a setting needs is not installed", "Install the extra that the check names"
    ),
    Cause.PLUGIN_BROKEN: CauseText("A plugin cannot be used", "Update or uninstall its package"),
    Cause.SERVER_AWAY: CauseText(
        "The database server does not answer",
        "Check MICBOARD_DATABASE_URL, and that the database server is running",
    ),
    Cause.SERVER_REFUSES: CauseText(
        "The database server does not let the program in",
        "Check user, password and database in MICBOARD_DATABASE_URL",
    ),
    Cause.SERVER_RIGHTS: CauseText(
        "The user may not change the database",
        "Make the user of MICBOARD_DATABASE_URL the owner of the database",
    ),
    Cause.SERVER_TOO_OLD: CauseText("The database server is too old", "Update PostgreSQL to 13 or later"),
    Cause.SERVER_NOT_ENCRYPTED: CauseText(
        "The connection to the database server on another computer is not encrypted",
        "Add ?ssl=require to MICBOARD_DATABASE_URL, and give the server a certificate",
    ),
    Cause.BUS_AWAY: CauseText(
        "The bus does not answer",
        "Check its address, that micboard-tui serve or the NATS server runs there, and the firewall",
    ),
    Cause.BUS_REFUSES: CauseText(
        "The bus does not let this user in",
        "Check the key and the certificate of the bus: attach.key, attach.ca",
    ),
}
