"""Boards on other computers: what the bus carries between them and the program that keeps the sessions.

Loaded by ``serve`` and attached boards only; it needs the extra ``fleet``.
"""
