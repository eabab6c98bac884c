"""Runs a program on a terminal of its own and types what it is told: PAUSES ARGV…, where PAUSES is JSON, a list of
[what to wait for, what to type]. Prints what was seen; ends as the program does."""
import json
import os
import pty
import select
import signal
import sys
import time

steps = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b""
mark = 0
end = time.monotonic() + 60
while time.monotonic() < end:
    ready, _, _ = select.select([fd], [], [], 0.2)
    if ready:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    if steps and seen.find(steps[0][0].encode(), mark) >= 0:
        mark = len(seen)
        # The program reads what is typed once it has asked.
        time.sleep(0.3)
        os.write(fd, steps.pop(0)[1].encode())
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
