"""How values are written on the bus."""
