"""How long packs last."""
