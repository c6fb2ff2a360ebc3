"""docgen: document generation and mail merge. The public Python interface is `docgen.api`."""

__version__ = "0.1.0"
