#!/bin/sh
set -e
profile=/etc/apparmor.d/vivarium
if [ -f $profile ]; then
  ischroot 2>/dev/null || apparmor_parser --remove $profile 2>/dev/null || true
  rm -f $profile
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
# The record of changes, and what dnsmasq kept of networks.
if [ "${1-}" = purge ]; then rm -rf /var/lib/vivarium; fi
exit 0
