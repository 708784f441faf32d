"""Runs a command and prints one JSON line: {code, wallMs, cpuMs, peakBytes}, of it and of all it waited for.

Node tells of its own use only, and what a peer is written in must not matter. The command's output goes to standard error.
"""

import json
import os
import sys
import time

begun = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - begun
told = {
    "code": os.waitstatus_to_exitcode(status),
    "wallMs": wall * 1000,
    "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
    # The largest single process.
    "peakBytes": used.ru_maxrss * 1024,
}
print(json.dumps(told))
