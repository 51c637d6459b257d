"""Simulated Shure devices, one package for each protocol."""
