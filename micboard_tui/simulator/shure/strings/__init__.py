"""Simulated Shure devices that speak command strings over TCP."""
