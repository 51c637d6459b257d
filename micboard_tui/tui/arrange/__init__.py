"""Which channels the board shows, in which order and where. Pure."""
