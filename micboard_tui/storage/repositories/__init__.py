"""Where domain values are kept and found again."""
