/** What ssh does with its arguments, without the network between: the command runs in another mount namespace. */
import { writeFileSync } from 'node:fs';

const script = (pid: string): string => `#!/bin/bash
forward=
while [ $# -gt 0 ]; do
  case $1 in
    -W) forward=$2; shift 2 ;;
    -o|-e|-p|-l|-i) shift 2 ;;
    -T) shift ;;
    --) shift; break ;;
    *) echo "unknown option $1" >&2; exit 255 ;;
  esac
done
host=$1; shift
if [ "$host" != lab ]; then echo "ssh: Could not resolve hostname $host" >&2; exit 255; fi
if [ -n "$forward" ]; then exec python3 -c '
import os, socket, sys, threading
host, port = sys.argv[1].rsplit(":", 1)
far = socket.create_connection((host.strip("[]"), int(port)))
def back():
    while data := far.recv(65536):
        os.write(1, data)
    os._exit(0)
threading.Thread(target=back, daemon=True).start()
while data := os.read(0, 65536):
    far.sendall(data)
' "$forward"; fi
# The login shell of the other host reads the words that were joined.
exec nsenter -t ${pid} -m -- sh -c "$*"
`;

/** @param pid of a process in the namespace. @returns the path of the program. */
export function writePretendedSsh(path: string, pid: string): string {
  writeFileSync(path, script(pid), { mode: 0o755 });
  return path;
}
