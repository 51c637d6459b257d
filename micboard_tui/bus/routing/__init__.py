"""Sends what needs a device or a network on to the collector that has it."""
