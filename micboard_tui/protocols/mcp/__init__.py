"""Sennheiser's Media Control Protocol: lines in datagrams of UDP port 53212.

Source: docs/reference/protocols/sennheiser.md 5.
"""
