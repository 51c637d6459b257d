"""Values and pure rules of the trade: no IO, no async, the standard library only."""
