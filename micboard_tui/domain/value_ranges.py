"""The ranges of values that are shown and stored: drivers drop what is outside, the database refuses it.

A narrower range of one protocol is with its driver, which cites it.
"""

MAX_CHANNELS = 64
"""Channels of one device; more than any has, and further ones are ignored."""
MAX_BAYS = 64
"""Bays of one charger, likewise."""
MAX_FREQUENCY_KHZ = 9_999_999
MIN_TUNED_KHZ, MAX_TUNED_KHZ = 174_000, 2_000_000
"""What wireless microphones use anywhere; the device knows its own band and refuses the rest."""
TUNING_STEP_KHZ = 25
MIN_GAIN_DB, MAX_GAIN_DB = -60, 60
"""More than any device can be set to."""
MAX_GROUP_CHANNEL = 999
MAX_SLOT = 8
"""Registered transmitters of an Axient channel (docs/reference/protocols/shure.md 5.5)."""
MAX_BATTERY_MINUTES = 65_531
"""The greatest that any protocol can report (docs/reference/protocols/shure.md 2.1)."""
MAX_BATTERY_CYCLES = 65_531
MAX_NAME = 64
"""Characters of the name or part of a performer, of a location, and of a planned pack."""
MAX_NOTE = 200
"""Characters of a note."""
MAX_HOST = 253
"""Characters of a host name (RFC 1035)."""
MAX_PORT = 65_535
