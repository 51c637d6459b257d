"""The rack: which simulated devices stand in it, their faults, and how they announce themselves."""
