"""Runs migrations on the connection that the caller has open."""

from alembic import context

from micboard_tui.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
