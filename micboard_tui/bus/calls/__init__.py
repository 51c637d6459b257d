"""Contract methods that are called from another process."""
