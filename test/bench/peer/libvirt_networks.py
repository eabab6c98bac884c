"""Starts and destroys networks by libvirt's binding; prints the milliseconds each took, and those of many."""
import concurrent.futures
import json
import sys
import time

import libvirt

rounds, many = int(sys.argv[1]), int(sys.argv[2])
template = sys.stdin.read()
connection = libvirt.open("network:///system")


def network(number):
    return connection.networkDefineXML(template.replace("NUMBER", str(number)))


def milliseconds(work):
    begun = time.monotonic()
    work()
    return (time.monotonic() - begun) * 1000


def together(works):
    with concurrent.futures.ThreadPoolExecutor(max_workers=many) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()


one = network(1)
starts, destroys = [], []
for _ in range(rounds):
    starts.append(milliseconds(one.create))
    destroys.append(milliseconds(one.destroy))
one.undefine()
figures = {"starts": starts, "destroys": destroys}
if many > 0:
    networks = [network(number) for number in range(1, many + 1)]
    figures["startMany"] = milliseconds(lambda: [each.create() for each in networks])
    figures["destroyMany"] = milliseconds(lambda: [each.destroy() for each in networks])
    figures["startTogether"] = milliseconds(lambda: together([each.create for each in networks]))
    figures["destroyTogether"] = milliseconds(lambda: together([each.destroy for each in networks]))
    for each in networks:
        each.undefine()
print(json.dumps(figures))
