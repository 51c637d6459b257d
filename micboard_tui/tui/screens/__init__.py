"""Screens: they talk to contracts and feed widgets."""
