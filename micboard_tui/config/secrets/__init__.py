"""Secrets of devices in the environment, the system's keyring, and a file that only this user may read."""
