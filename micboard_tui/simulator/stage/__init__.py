"""The stage: people, their packs, the air between them and the receivers, and scenarios."""
