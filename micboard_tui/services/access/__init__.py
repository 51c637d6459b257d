"""Whether what changes something is carried out."""
