"""Notes for the next shift."""
