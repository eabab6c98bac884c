"""Defines or starts machines of a private libvirtd: FOLDER define|start FROM TO. Runs in its namespace."""
import sys

import libvirt

FOLDER, VERB, FROM, TO = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
DESK = open(f"{FOLDER}/desk.xml").read()
connection = libvirt.open("qemu:///system")
for index in range(FROM, TO):
    if VERB == "define":
        connection.defineXML(DESK.replace(">desk<", f">desk{index}<"))
    else:
        connection.lookupByName(f"desk{index}").create()
