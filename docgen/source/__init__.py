"""Floor 2, edges: where records come from. One front door; formats are rows of `load.READERS`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docgen.errors import JobError, did_you_mean
from docgen.job import DataSpec
from docgen.model import Where
from docgen.source.duck import MEMORY_MB, Duck
from docgen.source.load import READERS, load_tables
from docgen.source.records import DuckSource

__all__ = ["READERS", "DuckSource", "open_source"]


def open_source(data: DataSpec, base: Path, work: Path, environ: Mapping[str, str] | None = None) -> DuckSource:
    """Load the tables of a job, run its SQL and check its keys.

    Args:
        data: the job's `data`.
        base: the folder that relative paths start from.
        work: a folder for the database file; it is removed again by `close`.
        environ: `DOCGEN_SOURCE_MEMORY_MB` gives SQL more memory before it goes to disk.

    Returns:
        The records, as protocols.Source; a context manager.

    Raises:
        JobError, SourceError, Faults: everything that is wrong with the tables, or with the SQL.
    """
    for name, spec in data.nest.items():
        if spec.table not in data.tables:
            hint = did_you_mean(spec.table, data.tables)
            raise JobError(f'there is no table "{spec.table}"', where=Where(path=("nest", name, "table")), hint=hint)
    memory = (environ or {}).get("DOCGEN_SOURCE_MEMORY_MB", "")
    duck = Duck(work, int(memory) if memory.isdigit() else MEMORY_MB)
    try:
        loaded = load_tables(duck, data.tables, base)
        duck.lock()
        return DuckSource(duck, data, loaded)
    except BaseException:
        duck.close()
        raise
