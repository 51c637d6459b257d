"""A live board for wireless microphones, in the terminal.

Imports nothing, so that every part stays cheap to load.
"""

__version__ = "2026.11.0"
