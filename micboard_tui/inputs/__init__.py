"""What comes in from other programs: show control."""
