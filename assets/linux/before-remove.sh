#!/bin/sh
set -e
app=/opt/Vivarium
# The helper would go on with the former version; what it changed on this host goes with the last one.
if [ -d /run/systemd/system ]; then systemctl stop vivarium-helper.service 2>/dev/null || true; fi
case "${1-}" in remove | 0) last=yes ;; esac
if [ "${last-}" = yes ] && [ -d /var/lib/vivarium/helper ]; then
  env -i ELECTRON_RUN_AS_NODE=1 $app/vivarium $app/resources/app.asar/out/main/helper.js undo-all 2>/dev/null ||
    echo 'vivarium: not every change of the host could be undone; the next start of the host does it' >&2
fi
exit 0
