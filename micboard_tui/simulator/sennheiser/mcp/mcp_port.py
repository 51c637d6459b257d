"""The one port of the Media Control Protocol."""

PORT = 53212
"""Of every device, and of every client that speaks to one (docs/reference/protocols/sennheiser.md 5.1)."""
