"""What a key starts that takes several steps: dialogs, calls to services, and a message with the outcome."""
