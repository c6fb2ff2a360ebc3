"""Floor 2, edges: Word's own merge fields, rewritten as Jinja before a template is compiled."""
