"""How a program of this folder talks with the benchmark: lines on standard input, a line of JSON for each.

`round N` makes N documents and answers the CPU seconds, `write K FILE` writes one, `memory` answers the peak. Needs
nothing but Python.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path


def peak_kb():
    """Return the peak resident memory of this process alone, which Linux keeps apart from that of its parent."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("the system does not say how much memory is used")


def serve(render, records):
    """Make the first document, then obey until standard input ends."""
    size = len(render(records[0]))
    print(json.dumps({"cold_s": time.process_time(), "bytes": size}), flush=True)
    done = 0
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "round":
            gc.collect()
            begin = time.process_time()
            for _ in range(int(rest[0])):
                render(records[done % len(records)])
                done += 1
            answer = {"cpu_s": time.process_time() - begin}
        elif command == "write":
            answer = {"bytes": Path(rest[1]).write_bytes(render(records[int(rest[0])]))}
        else:
            answer = {"peak_kb": peak_kb()}
        print(json.dumps(answer), flush=True)
