"""Simulated devices that speak SSCv1, through the same codec as the driver (reference/sennheiser.md 8)."""
