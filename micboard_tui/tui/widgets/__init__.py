"""Widgets: they get values and post messages; they ask nobody."""
