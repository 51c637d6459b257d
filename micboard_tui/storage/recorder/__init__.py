"""The file of the flight recorder: an SQLite database of its own beside the other."""
