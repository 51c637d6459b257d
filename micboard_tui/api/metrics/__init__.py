"""What Prometheus scrapes: the values of all other answers, by the names and in the units of its trade."""
