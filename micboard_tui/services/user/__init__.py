"""Who may watch, write and control."""
