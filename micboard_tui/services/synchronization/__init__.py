"""One supervised session for each device, reading devices once, and storing what was read."""
