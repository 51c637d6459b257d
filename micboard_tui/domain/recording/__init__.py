"""What the flight recorder keeps of meters, as values: full rate, seconds, and chunks of longer steps. Pure."""
