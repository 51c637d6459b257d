"""The present of a program elsewhere, as a board holds it."""
