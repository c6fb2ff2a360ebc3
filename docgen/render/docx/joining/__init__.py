"""Floor 2, edges: what documents that become one must agree on: parts, styles, lists, notes, names, sections."""
