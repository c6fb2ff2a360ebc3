"""Floor 3, work: ways to carry batches through a function."""

from __future__ import annotations

from docgen.engine.inline import InlineEngine
from docgen.engine.pool import PoolEngine

__all__ = ["InlineEngine", "PoolEngine"]
