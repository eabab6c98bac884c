"""A cable between two network namespaces that delays every packet and loses some: TUN devices, and us between them.

slow-cable.py PID NAME NEAR FAR DELAY_MS LOSS_PERCENT: NAME with the address NEAR here, eth0 with FAR where PID is.
"""
import fcntl, heapq, os, random, select, struct, subprocess, sys, time

pid, name, near, far = sys.argv[1:5]
delay, loss = float(sys.argv[5]) / 1000, float(sys.argv[6]) / 100
random.seed(1)


def device(label):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    # TUNSETIFF: IFF_TUN | IFF_NO_PI
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH", label.encode(), 0x1001))
    return fd


def up(label, address):
    for words in (["address", "add", address, "dev", label], ["link", "set", label, "mtu", "1500", "up"]):
        subprocess.run(["ip", *words], check=True)


here = device(name)
up(name, near)
own = os.open("/proc/self/ns/net", os.O_RDONLY)
there = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
import ctypes

setns = ctypes.CDLL(None, use_errno=True).setns
if setns(there, 0) != 0:
    sys.exit("the other namespace can't be entered")
other = device("eth0")
up("eth0", far)
setns(own, 0)
print("ready", flush=True)

waiting = []
count = 0
while True:
    timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    readable, _, _ = select.select([here, other], [], [], timeout)
    now = time.monotonic()
    for source in readable:
        packet = os.read(source, 65536)
        if random.random() < loss:
            continue
        count += 1
        heapq.heappush(waiting, (now + delay, count, other if source == here else here, packet))
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, target, packet = heapq.heappop(waiting)
        try:
            os.write(target, packet)
        except OSError:
            pass  # The device is down: the cable is cut.
