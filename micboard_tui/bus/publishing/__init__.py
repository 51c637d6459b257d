"""What the process with the sessions sends of the present."""
