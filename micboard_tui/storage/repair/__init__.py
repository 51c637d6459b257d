"""What becomes of a damaged database file."""
