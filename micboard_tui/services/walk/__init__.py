"""Walk tests."""
