"""What a codec raises."""


class ProtocolError(Exception):
    """A message that the wire format cannot carry, or a peer that broke its own rules."""
