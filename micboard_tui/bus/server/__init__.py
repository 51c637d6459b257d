"""Our own nats-server: a child process, its configuration, and who may do what on it."""
