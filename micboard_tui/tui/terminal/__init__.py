"""What reaches the terminal: the frame buffer, the seam to Textual, and the frame rate."""
