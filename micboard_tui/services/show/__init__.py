"""Shows: their plans, where the current one is, and calls from show control."""
