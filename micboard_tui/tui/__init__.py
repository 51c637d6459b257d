"""The terminal front end: values in, messages out; contracts are its only door."""
