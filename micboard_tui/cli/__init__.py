"""The command line: starts things and prints answers."""
