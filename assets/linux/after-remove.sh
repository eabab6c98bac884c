#!/bin/sh
set -e
profile=/etc/apparmor.d/vivarium
if [ -f $profile ]; then
  ischroot 2>/dev/null || apparmor_parser --remove $profile 2>/dev/null || true
  rm -f $profile
fi
exit 0
