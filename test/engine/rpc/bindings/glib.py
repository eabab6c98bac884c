import json
import os
import sys
import time

import gi

gi.require_version("LibvirtGLib", "1.0")
gi.require_version("LibvirtGObject", "1.0")
from gi.repository import GLib, LibvirtGConfig, LibvirtGLib, LibvirtGObject  # noqa: E402

LibvirtGLib.event_register()
connection = LibvirtGObject.Connection.new(os.environ["LIBVIRT_DEFAULT_URI"])
connection.open(None)
told = []
connection.connect("domain-removed", lambda *_: told.append("removed"))
domain = connection.create_domain(LibvirtGConfig.Domain.new_from_xml(sys.stdin.read()))
for signal in ("started", "stopped"):
    domain.connect(signal, lambda *_, signal=signal: told.append(signal))


def wait_for(signal):
    end = time.monotonic() + 20
    while signal not in told and time.monotonic() < end:
        GLib.MainContext.default().iteration(False)
        time.sleep(0.01)


domain.start(0)
wait_for("started")
info = domain.get_info()
domain.stop(0)
wait_for("stopped")
connection.fetch_domains(None)
names = [each.get_name() for each in connection.get_domains()]
domain.delete(0)
wait_for("removed")
print(json.dumps({"state": int(info.state), "memory": info.maxMem, "names": names, "told": told}))
