"""Shure System API: the JSON that a server on the network speaks for the devices behind it."""
