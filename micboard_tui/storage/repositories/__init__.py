"""The repositories: domain values in the database."""
