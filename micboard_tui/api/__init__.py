"""The HTTP API: a front end like the board, on contracts only. Needs the extra ``api``."""
