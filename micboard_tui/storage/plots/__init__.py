"""Mic plots as other programs write them: separated text, spreadsheets, TheatreMix."""
