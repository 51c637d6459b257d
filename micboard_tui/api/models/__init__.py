"""The shapes of what is sent and taken, for OpenAPI and for checking what comes in."""
