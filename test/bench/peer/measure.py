"""What the measurements through libvirt's Python binding share."""
import time

import libvirt

libvirt.registerErrorHandler(lambda *_: None, None)


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


def ms(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def renamer(folder):
    """Makes the definition in `desk.xml` another machine's."""
    with open(f"{folder}/desk.xml") as file:
        desk = file.read()
    return lambda name: desk.replace(">desk<", f">{name}<")
