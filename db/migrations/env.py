"""Alembic's entry: it works on the connection that `db.migrate` hands over, in the city's schema."""

from alembic import context

from db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
