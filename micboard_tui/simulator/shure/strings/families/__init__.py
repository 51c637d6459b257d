"""The property tables of the receiver families, each with its own values, widths and digits."""
