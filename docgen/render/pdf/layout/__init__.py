"""Floor 2, edges: pages from a checked RML tree: styles, paragraphs, tables, frames. Writes no file."""
