"""Wire formats without IO: bytes in, typed messages out, and back. Knows nothing of our domain."""
