"""Many clients at once, some of them killed in the middle of a call; prints what the survivors saw as one JSON object."""
import json
import multiprocessing
import os
import random
import signal
import sys
import threading
import time

import libvirt

PROCESSES = 20
THREADS = 10


def one_client(uri, name, calls, done):
    connection = libvirt.open(uri)
    domain = connection.lookupByName(name)
    work = [domain.isPersistent, domain.info, domain.XMLDesc, domain.state, connection.getLibVersion]
    for number in range(calls):
        work[number % len(work)]()
    with done.get_lock():
        done.value += calls
    connection.close()


def clients(uri, name, calls, done):
    running = [threading.Thread(target=one_client, args=(uri, name, calls, done)) for _ in range(THREADS)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def main(uri, calls):
    libvirt.virEventRegisterDefaultImpl()
    listener = libvirt.open(uri)
    name = listener.listAllDomains()[0].name()
    told = []
    listener.domainEventRegisterAny(
        None, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, lambda *_: told.append(1), None
    )
    threading.Thread(target=lambda: [libvirt.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
    changer = libvirt.open(uri).lookupByName(name)
    # A killed process may hold the lock of what it shares: each has a counter of its own.
    context = multiprocessing.get_context("spawn")
    done = killed = changes = 0
    start = time.perf_counter()
    while done < calls:
        counters = [context.Value("q", 0) for _ in range(PROCESSES)]
        each = max(1, calls // (PROCESSES * THREADS))
        group = [context.Process(target=clients, args=(uri, name, each, counter)) for counter in counters]
        for process in group:
            process.start()
        while any(process.is_alive() for process in group):
            changer.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, f"title {changes}", None, None, 2)
            changes += 1
            victim = random.choice(group)
            if random.random() < 0.1 and victim.is_alive():
                os.kill(victim.pid, signal.SIGKILL)
                killed += THREADS
            time.sleep(0.1)
        for process, counter in zip(group, counters):
            process.join()
            done += counter.value
    seconds = time.perf_counter() - start
    time.sleep(1)
    print(json.dumps({"calls": done, "killed": killed, "changes": changes, "told": len(told), "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
