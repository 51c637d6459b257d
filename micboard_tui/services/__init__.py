"""Decisions: no SQL, no sockets, no terminal."""
