"""Floor 2, edges: Word documents put into Word documents."""
