"""Live updates: what each client must be sent next, and the WebSocket and the event stream that send it."""
