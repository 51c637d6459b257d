"""Sennheiser's Media Control Protocol: lines in datagrams of UDP port 53212 (reference/sennheiser.md 5)."""
