"""Whether every channel was heard with its pack and sound before the show."""
