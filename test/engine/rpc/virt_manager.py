"""Starts virt-manager and works it as a person does, through its accessibility tree.

Commands come as lines of JSON on stdin, answers go to stdout: {"ok": …} or {"error": "…"}. Run it in a session bus of
its own, on a screen of its own: dbus-run-session -- python3 virt_manager.py -c URI
"""

import json
import subprocess
import sys
import time
import warnings

import gi

warnings.simplefilter("ignore")
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE_S = 60
POLL_S = 0.2


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def showing(node):
    return node.get_state_set().contains(Atspi.StateType.SHOWING)


def application():
    return next((app for app in children(Atspi.get_desktop(0)) if app.get_name() == "virt-manager"), None)


def find(role, name="", within=None, hidden=False, matches=str.startswith):
    """The first control of a role whose name begins so, once there is one."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            root = within or application()
            for node in walk(root) if root else ():
                if node.get_role_name() == role and matches(node.get_name(), name) and (hidden or showing(node)):
                    return node
        except GLib.GError:
            pass  # What was looked at is gone: look again.
        time.sleep(POLL_S)
    raise LookupError(f"there is no {role} {name!r}")


def machine_window(name):
    """While the guest has the pointer, its title begins with how to get that back."""
    return find("frame", f"{name} on ", matches=str.__contains__)


def press(node):
    node.get_action_iface().do_action(0)


def write(node, text):
    node.get_editable_text_iface().set_text_contents(text)


def create(name, disk, memory_mib):
    """The wizard: an existing disk, an unknown system, so much memory, a name, Finish."""
    press(find("push button", "New"))
    wizard = find("frame", "New VM")
    press(find("radio button", "Import existing", wizard))
    press(find("push button", "Forward", wizard))
    write(find("text", "import-entry", wizard), disk)
    write(find("text", "oslist-entry", wizard), "generic")
    find("table cell", "Generic or unknown").get_action_iface().do_action(2)
    press(find("push button", "Forward", wizard))
    find("label", "Choose Memory", wizard)
    memory = next(n for n in walk(wizard) if n.get_role_name() == "spin button" and showing(n) and n.get_name() == "")
    memory.get_value_iface().set_current_value(memory_mib)
    press(find("push button", "Forward", wizard))
    find("label", "Ready to begin", wizard)
    write(next(n for n in walk(wizard) if n.get_role_name() == "text" and showing(n)), name)
    press(find("push button", "Finish", wizard))
    machine_window(name)


def open_machine(name):
    cell = find("table cell", name)
    cell.get_component_iface().grab_focus()
    cell.get_action_iface().do_action(2)
    machine_window(name)


def view(name, console):
    """Chooses one of the consoles in the View menu."""
    window = machine_window(name)
    press(find("menu", "View", window))
    press(find("menu", "Consoles", window))
    press(find("radio menu item", console, window))


def where(name):
    """The middle of the guest's screen, in pixels of the X screen."""
    box = machine_window(name).get_component_iface().get_extents(Atspi.CoordType.SCREEN)
    return [box.x + box.width // 2, box.y + box.height // 2]


def terminal(name):
    text = find("terminal", "Serial Terminal", machine_window(name)).get_text_iface()
    return text.get_text(0, -1).strip()


def titles():
    return [window.get_name() for window in children(application())]


COMMANDS = {
    "create": create,
    "open": open_machine,
    "view": view,
    "where": where,
    "terminal": terminal,
    "titles": titles,
    "ready": lambda: find("push button", "New") is not None,
}

manager = subprocess.Popen(["virt-manager", "--no-fork", "--debug", *sys.argv[1:]], stdout=subprocess.DEVNULL)
try:
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = {"ok": COMMANDS[name](*arguments)}
        except (LookupError, StopIteration, GLib.GError) as error:
            answer = {"error": f"{name}: {error}"}
        print(json.dumps(answer), flush=True)
finally:
    manager.terminate()
    manager.wait()
