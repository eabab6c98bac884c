"""Defines or starts machines of a private libvirtd: FOLDER define|start FROM TO. Runs in its namespace."""
import sys

import libvirt

from measure import renamer

FOLDER, VERB, FROM, TO = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
named = renamer(FOLDER)
connection = libvirt.open("qemu:///system")
for index in range(FROM, TO):
    if VERB == "define":
        connection.defineXML(named(f"desk{index}"))
    else:
        connection.lookupByName(f"desk{index}").create()
