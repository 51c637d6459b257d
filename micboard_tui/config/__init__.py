"""Settings, directories and logs."""
