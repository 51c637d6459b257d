"""Sound Control Protocol, version 1: JSON objects in datagrams (reference/sennheiser.md 1)."""
