"""A simulated System API server with an ADTQ, an ANX4 and a charger with its packs behind it."""
