"""What the flight recorder keeps of meters: full rate, seconds, and chunks of longer steps. Pure values."""
