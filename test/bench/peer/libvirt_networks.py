"""Starts and destroys networks by libvirt's binding; prints the milliseconds each took, and those of many at once."""
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


one = network(1)
starts, destroys = [], []
for _ in range(rounds):
    starts.append(milliseconds(one.create))
    destroys.append(milliseconds(one.destroy))
one.undefine()
networks = [network(number) for number in range(1, many + 1)]
start_many = milliseconds(lambda: [each.create() for each in networks])
destroy_many = milliseconds(lambda: [each.destroy() for each in networks])
print(json.dumps({"starts": starts, "destroys": destroys, "startMany": start_many, "destroyMany": destroy_many}))
