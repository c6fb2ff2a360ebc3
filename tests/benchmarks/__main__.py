"""Print the tables of docs/benchmarks.md: `python -m tests.benchmarks`."""

from tests.benchmarks import memory

if __name__ == "__main__":
    print("\n".join(memory.table()))
