"""The present, in memory."""
