"""Widgets: they get values and post messages; they do no I/O."""
