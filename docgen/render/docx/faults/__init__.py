"""Floor 2, edges: what is wrong in a Word template, and where; and what it must not hold."""
