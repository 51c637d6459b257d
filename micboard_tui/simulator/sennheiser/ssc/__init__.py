"""Simulated devices that speak SSCv1, through the same codec as the driver.

Source: docs/reference/protocols/sennheiser.md 8.
"""
