"""Floor 2, edges: what values become in a Word text: formatted text, pictures, lists, tables, links."""
