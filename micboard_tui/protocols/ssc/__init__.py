"""Sound Control Protocol, version 1: JSON objects in datagrams (docs/reference/protocols/sennheiser.md 1)."""
