"""What a key starts that takes more than one step: questions, calls to services, and the answer."""
