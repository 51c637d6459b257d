"""How the site behind a System API server is laid out, and what lets clients in. Imports nothing."""

API_KEY = "simulated-system-api-key"
"""What lets clients in."""
ADTQ_CHANNELS, ANX4_CHANNELS = 4, 8
CHANNELS = ADTQ_CHANNELS + ANX4_CHANNELS
RECEIVER, HANDHELD = "ANX4", "ULXD8"
"""Models behind it that its switches turn off or take away."""
BAYS = 4
"""Of its charger."""
