"""The numbers that channels are judged by."""
