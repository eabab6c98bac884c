"""Measures libvirtd over a folder of definitions through its Python binding; prints one JSON object: what each file took,
in ms, for the command line it stands for and for being defined, read back and undefined; null where libvirtd refuses."""
import json
import os
import sys
import time

import libvirt

FOLDER, NAMES, ROUNDS = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
libvirt.registerErrorHandler(lambda *_: None, None)
connection = libvirt.open("qemu:///system")
FLAGS = libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM


def took(work, text):
    start = time.perf_counter()
    try:
        work(text)
    except libvirt.libvirtError:
        if not connection.isAlive():
            sys.exit("libvirtd is gone")
        return None
    return (time.perf_counter() - start) * 1000


def native(text):
    connection.domainXMLToNative("qemu-argv", text)


def cycle(text):
    domain = connection.defineXML(text)
    domain.XMLDesc()
    domain.undefineFlags(FLAGS)


texts = {name: open(os.path.join(FOLDER, name)).read() for name in NAMES}
result = {}
for key, work in (("native", native), ("define", cycle)):
    for _ in range(ROUNDS):
        result[key] = {name: took(work, text) for name, text in texts.items()}
print(json.dumps(result))
