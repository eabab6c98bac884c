#!/bin/sh
set -e
# dpkg says what it does, rpm how many are left.
case "${1-}" in upgrade | failed-upgrade | abort-* | disappear | 1) exit 0 ;; esac
# What the package gave to firewalld; an administrator's own copies in /etc/firewalld stay.
given=/usr/lib/firewalld
for file in zones/vivarium.xml zones/vivarium-routed.xml \
  policies/vivarium-in.xml policies/vivarium-out.xml policies/vivarium-to-host.xml; do
  [ -e $given/$file ] || continue
  rm -f $given/$file
  reload=yes
done
rmdir $given/zones $given/policies $given 2>/dev/null || true
if [ "${reload-}" = yes ] && firewall-cmd --state >/dev/null 2>&1; then
  firewall-cmd --reload >/dev/null || echo 'vivarium: firewalld could not be reloaded' >&2
fi
profile=/etc/apparmor.d/vivarium
if [ -f $profile ]; then
  ischroot 2>/dev/null || apparmor_parser --remove $profile 2>/dev/null || true
  rm -f $profile
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
# The record of changes, and what dnsmasq kept of networks.
if [ "${1-}" = purge ]; then rm -rf /var/lib/vivarium; fi
exit 0
