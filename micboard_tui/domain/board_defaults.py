"""How the board looks and how often it is drawn unless its user chooses otherwise."""

DEFAULT_THEME = "stage"
DEFAULT_FPS = 10
MIN_FPS, MAX_FPS = 4, 20
"""Frames a second that can be chosen."""
SLOW_FPS = MIN_FPS
"""What a slow line can carry."""
