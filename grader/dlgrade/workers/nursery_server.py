"""The nursery's process: forks fork servers and judges on order, and reads nothing else. See `dlgrade.workers.nursery`.

Its standard input is a socket; each packet is a JSON object. It ends when that socket is closed, and its children end
with it. The orders:

- `{"server": options}`, with a control socket: fork a fork server.
- `{"judge": n, "program": "package.module"}`, with a channel and a control socket: fork a judge, known as n.
- `{"interrupt": n}`: interrupt this judge.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlgrade.worker.libc import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, call
from dlgrade.worker.limits import Limits
from dlgrade.worker.server import Server
from dlgrade.worker.warm import warm_up

PACKET = 65536


def main() -> None:
    """Serve orders until the socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # fork servers leave their first process behind
    orders = _take_orders()
    warm_up()
    judges: dict[int, int] = {}  # pidfds
    while True:
        packet, descriptors, _, _ = socket.recv_fds(orders, PACKET, 2)
        if not packet:
            os._exit(0)  # torch takes its time to say goodbye
        sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        _obey(json.loads(packet), sockets, orders, judges)
        for one in sockets:
            one.close()


def _obey(order: dict[str, Any], sockets: list[socket.socket], orders: socket.socket, judges: dict[int, int]) -> None:
    if "server" in order:
        _fork(orders, lambda: _serve(sockets[0], order["server"]))
    elif "judge" in order:
        pid = _fork(orders, lambda: _judge(order["program"], *sockets))
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            judges[order["judge"]] = os.pidfd_open(pid)
    elif order["interrupt"] in judges:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(judges[order["interrupt"]], signal.SIGINT)


def _take_orders() -> socket.socket:
    """The socket that came as standard input, out of the way of whatever reads from there."""
    orders = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return orders


def _fork(orders: socket.socket, work: Callable[[], None]) -> int:
    """The child's pid; the child does the work and ends, and the orders stay the nursery's."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        orders.close()
        _die_with(parent)
        work()
    except BaseException:  # the child must never return into the nursery's loop
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _die_with(parent: int) -> None:
    call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it died before this
        os._exit(1)


def _serve(control: socket.socket, options: dict[str, Any]) -> None:
    private = [Path(path) for path in options["private"]]
    Server(control, Limits(**options["limits"]), private, sandbox=options["sandbox"]).run()


def _judge(program: str, channel: socket.socket, control: socket.socket) -> None:
    """Become the judge that the module `program` serves. By name: workers know nothing of judges."""
    descriptor = channel.detach()
    importlib.import_module(program).serve(descriptor, descriptor, control)


if __name__ == "__main__":
    main()
