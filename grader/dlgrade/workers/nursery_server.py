"""The nursery's process: forks fork servers and judges on order, and reads nothing else. See `dlgrade.workers.nursery`.

Its standard input is a socket for the orders of `dlgrade.worker.protocol`. The nursery ends when that socket is closed,
and its children end with it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from dlgrade.worker import protocol
from dlgrade.worker.libc import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, call
from dlgrade.worker.protocol import PACKET, InterruptJudge, NurseryOrder, StartForkServer, StartJudge
from dlgrade.worker.server import Server
from dlgrade.worker.warm import warm_up


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
        _obey(protocol.decode_nursery_order(packet), sockets, orders, judges)
        for passed in sockets:
            passed.close()


def _obey(order: NurseryOrder, sockets: list[socket.socket], orders: socket.socket, judges: dict[int, int]) -> None:
    match order:
        case StartForkServer():
            _fork(orders, lambda: _serve(sockets[0], order))
        case StartJudge(number, program):
            pid = _fork(orders, lambda: _judge(program, *sockets))
            with contextlib.suppress(ProcessLookupError):  # it has ended already
                judges[number] = os.pidfd_open(pid)
        case InterruptJudge(number):
            with contextlib.suppress(KeyError, ProcessLookupError):
                signal.pidfd_send_signal(judges[number], signal.SIGINT)


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


def _serve(control: socket.socket, order: StartForkServer) -> None:
    private = [Path(path) for path in order.private]
    Server(control, order.limits, private, sandbox=order.sandbox).run()


def _judge(program: str, channel: socket.socket, control: socket.socket) -> None:
    """Become the judge that the module `program` serves. By name: workers know nothing of judges."""
    descriptor = channel.detach()
    importlib.import_module(program).serve(descriptor, descriptor, control)


if __name__ == "__main__":
    main()
