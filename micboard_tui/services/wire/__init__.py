"""Records what passes between drivers and devices into a file, and plays such a file."""
