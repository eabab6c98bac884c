"""Measures libvirtd through its Python binding; prints one JSON object. Runs in the private daemon's namespace."""
import json
import sys
import threading

import libvirt

from measure import median, ms, renamer

FOLDER, ROUNDS, GUESTS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
renamed = renamer(FOLDER)


def named(index):
    return renamed(f"desk{index}")


def qemu_cpu_ms():
    import glob

    total = 0
    for path in glob.glob("/run/libvirt/qemu/*.pid"):
        with open(f"/proc/{open(path).read().strip()}/stat") as stat:
            words = stat.read().rsplit(")", 1)[1].split()
        total += int(words[11]) + int(words[12])
    return total * 10


result = {}
connection = libvirt.open("qemu:///system")
domain = connection.defineXML(named(0))
starts, destroys = [], []
for _ in range(ROUNDS):
    starts.append(ms(domain.create))
    destroys.append(ms(domain.destroy))
result["start"] = median(starts)
result["destroy"] = median(destroys)
domain.undefine()

domains = [connection.defineXML(named(index)) for index in range(GUESTS)]


def start_all(some):
    connections = [libvirt.open("qemu:///system") for _ in some]
    threads = [
        threading.Thread(target=lambda c=c, d=d: c.lookupByName(d.name()).create())
        for c, d in zip(connections, some)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


result["tenStarts"] = ms(lambda: start_all(domains[:10]))
for domain in domains[10:]:
    domain.create()
connection.getAllDomainStats()
before = qemu_cpu_ms()
result["stats"] = median([ms(connection.getAllDomainStats) for _ in range(20)])
result["statsQemuCpu"] = (qemu_cpu_ms() - before) / 20
print(json.dumps(result))
