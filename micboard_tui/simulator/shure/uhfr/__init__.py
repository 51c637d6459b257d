"""Simulated UHF-R receivers, which speak over UDP."""
