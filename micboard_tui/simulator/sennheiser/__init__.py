"""Simulated Sennheiser devices, one package for each protocol."""
