"""Shure command strings, the ``< VERB … >`` frames of TCP port 2202 (reference/shure.md 1)."""
