"""What happened: the list of events, and who writes links and sessions into it."""
