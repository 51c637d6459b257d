"""Sennheiser: the plugin, its drivers and how they are found on the network."""
