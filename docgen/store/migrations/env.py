"""Alembic's entry. The connection comes from `docgen.store.migrate`, inside its transaction and its lock.

To write a new revision, copy the newest file of `versions`, count on, and add its name to `REVISIONS` in
`docgen/store/schema.py`. A revision keeps the previous release of docgen working.
"""

from alembic import context

from docgen.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
