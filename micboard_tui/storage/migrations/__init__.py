"""Alembic runs these from inside the package."""
