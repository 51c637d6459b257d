"""Names why something does not work: gathers facts through ports, and judges them without any."""
