"""The flight recorder: takes what is received once a second, keeps it, and answers about the past."""
