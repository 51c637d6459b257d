"""Connections with devices: TCP, UDP, HTTPS and multicast DNS, each with a limit to everything."""
