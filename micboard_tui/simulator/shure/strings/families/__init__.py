"""The property tables of the receiver families, each with its own words, widths and digits."""
