"""Simulated devices that speak SSCv2: HTTPS with a certificate of their own, and server-sent events."""
