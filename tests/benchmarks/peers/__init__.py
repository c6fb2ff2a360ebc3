"""Programs that fill in the contract, each in a process of its own. See `tests.benchmarks.docx`."""
