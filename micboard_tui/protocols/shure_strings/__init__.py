"""Shure command strings, the ``< VERB … >`` frames of TCP port 2202 (docs/reference/protocols/shure.md 1)."""
