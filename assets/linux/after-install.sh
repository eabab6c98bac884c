#!/bin/sh
set -e
# firewalld has come, changed or gone.
if [ "${1-}" = triggered ]; then exec /usr/share/vivarium/firewalld/update; fi
app=/opt/Vivarium
# Chromium's sandbox uses user namespaces, and where the kernel has none, a helper that belongs to root.
if unshare --user true 2>/dev/null; then chmod 0755 $app/chrome-sandbox; else chmod 4755 $app/chrome-sandbox; fi
# Ubuntu 24.04 and later let only programs with a profile make user namespaces.
profile=$app/resources/apparmor-profile
if aa-enabled --quiet 2>/dev/null && apparmor_parser --skip-kernel-load --debug $profile >/dev/null 2>&1; then
  cp -f $profile /etc/apparmor.d/vivarium
  ischroot 2>/dev/null || apparmor_parser --replace --write-cache --skip-read-cache /etc/apparmor.d/vivarium || true
fi
# The system bus and systemd learn of the helper; polkit watches its folder by itself.
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
if [ -S /run/dbus/system_bus_socket ]; then
  dbus-send --system --type=method_call --dest=org.freedesktop.DBus / org.freedesktop.DBus.ReloadConfig 2>/dev/null || true
fi
# firewalld gets the zones of virtual networks, if this package has them and it can read them. (What the package does
# when firewalld comes later is the same.)
/usr/share/vivarium/firewalld/update
exit 0
