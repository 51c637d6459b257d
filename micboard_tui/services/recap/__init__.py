"""What became of a show."""
