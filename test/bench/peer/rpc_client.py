"""Asks a libvirt server, ours or libvirtd, through libvirt's Python binding and virsh; prints one JSON object."""
import json
import os
import subprocess
import sys
import threading
import time

import libvirt

from measure import median, ms, renamer

URI, FOLDER, ROUNDS, MANY, GUESTS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
named = renamer(FOLDER)


def micros(work, times):
    """What one call takes, from the middle of five rounds."""
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            work()
        rounds.append((time.perf_counter() - start) / times * 1e6)
    return median(rounds)


def virsh(*words):
    subprocess.run(["virsh", "-c", URI, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def virsh_ms(*words, rounds=ROUNDS):
    return median([ms(lambda: virsh(*words)) for _ in range(rounds)])


result = {}
connection = libvirt.open(URI)
result["virshListNone"] = virsh_ms("list", "--all")

domain = connection.defineXML(named("desk"))
result["bare"] = micros(domain.isPersistent, 2000)
result["info"] = micros(domain.info, 1000)
result["xml"] = micros(domain.XMLDesc, 1000)
domain.undefine()


def define_undefine():
    connection.defineXML(named("desk")).undefine()


result["defineUndefine"] = micros(define_undefine, 50)

domain = connection.defineXML(named("desk"))
starts, destroys = [], []
for _ in range(ROUNDS):
    starts.append(ms(lambda: virsh("start", "desk")))
    destroys.append(ms(lambda: virsh("destroy", "desk")))
result["virshStart"], result["virshDestroy"] = median(starts), median(destroys)

# How long after a change its event is there: the change is told by another connection.
libvirt.virEventRegisterDefaultImpl()
heard = threading.Event()
listener = libvirt.open(URI)
listener.domainEventRegisterAny(
    None, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, lambda *_: heard.set(), None
)
threading.Thread(target=lambda: [libvirt.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
latencies = []
for number in range(50):
    heard.clear()
    start = time.perf_counter()
    domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, f"title {number}", None, None, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
    if not heard.wait(5):
        raise SystemExit("an event did not come")
    latencies.append((time.perf_counter() - start) * 1000)
result["event"] = median(latencies)
domain.undefine()

domains = [connection.defineXML(named(f"guest{index}")) for index in range(GUESTS)]
for domain in domains:
    domain.create()
virsh("domstats")
result["virshDomstats"] = virsh_ms("domstats")
result["allStats"] = median([ms(connection.getAllDomainStats) for _ in range(ROUNDS)])
for domain in domains:
    domain.destroy()
    domain.undefine()

for index in range(MANY // 10):
    connection.defineXML(named(f"many{index}"))
result["virshListSome"] = virsh_ms("list", "--all")
for index in range(MANY // 10, MANY):
    connection.defineXML(named(f"many{index}"))
result["virshListMany"] = virsh_ms("list", "--all")
result["listMany"] = median([ms(connection.listAllDomains) for _ in range(ROUNDS)])

pool = connection.storagePoolDefineXML(
    f"<pool type='dir'><name>bench</name><target><path>{FOLDER}/pool</path></target></pool>", 0
)
pool.build(0)
pool.create(0)
size = os.path.getsize(f"{FOLDER}/payload")
uploads = []
for round_number in range(5):
    volume = pool.createXML(f"<volume><name>up{round_number}</name><capacity>{size}</capacity></volume>", 0)
    took = ms(lambda: virsh("vol-upload", f"up{round_number}", f"{FOLDER}/payload", "bench"))
    uploads.append(size / 1e6 / (took / 1000))
    volume.delete(0)
result["upload"] = median(uploads)
print(json.dumps(result))
