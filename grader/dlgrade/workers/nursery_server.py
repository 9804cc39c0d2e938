"""The nursery's process: it forks fork servers and judges on order, and reads nothing else.

See `dlgrade.workers.nursery` for the reason. Its standard input is a socket for the orders of
`dlgrade.worker.protocol`. The nursery ends when that socket is closed, and its children end with it.
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
from dlgrade.worker.warm import FOR_MANY, use_large_pages, warm_up


def main() -> None:
    """Obey orders until the socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # a fork server leaves its first process behind
    orders = _take_orders()
    warm_up()
    if FOR_MANY in sys.argv:
        use_large_pages()
    judges: dict[int, int] = {}  # pidfds by number
    while True:
        packet, descriptors, _, _ = socket.recv_fds(orders, PACKET, 2)
        if not packet:
            os._exit(0)  # an ordinary exit would wait for torch to clean up
        passed = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        _obey(protocol.decode_nursery_order(packet), passed, orders, judges)
        for each in passed:  # the child has its own copies
            each.close()


def _obey(order: NurseryOrder, passed: list[socket.socket], orders: socket.socket, judges: dict[int, int]) -> None:
    """Obey an order.

    Args:
        order: the order.
        passed: the sockets that came with it.
        orders: the nursery's own socket, which no child may keep.
        judges: the pidfds of the judges by number.
    """
    match order:
        case StartForkServer():
            _fork(orders, lambda: _serve(passed[0], order))
        case StartJudge(number, program):
            pid = _fork(orders, lambda: _judge(program, *passed))
            with contextlib.suppress(ProcessLookupError):  # the judge has ended already
                judges[number] = os.pidfd_open(pid)
        case InterruptJudge(number):
            with contextlib.suppress(KeyError, ProcessLookupError):
                signal.pidfd_send_signal(judges[number], signal.SIGINT)


def _take_orders() -> socket.socket:
    """Return the socket that came as standard input, and give this process an empty standard input."""
    orders = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return orders


def _fork(orders: socket.socket, work: Callable[[], None]) -> int:
    """Fork a child that does the work and ends. Return the child's pid."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        orders.close()  # if the child kept it, the nursery could not hear its owner hang up
        _die_with(parent)
        work()
    except BaseException:  # the child must never return into the nursery's loop
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies."""
    call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the call
        os._exit(1)


def _serve(control: socket.socket, order: StartForkServer) -> None:
    """Become a fork server."""
    private = [Path(path) for path in order.private]
    Server(control, order.limits, private, sandbox=order.sandbox).run()


def _judge(program: str, channel: socket.socket, control: socket.socket) -> None:
    """Become the judge of the module `program`, which only now is imported: the nursery itself must not hold it."""
    descriptor = channel.detach()
    importlib.import_module(program).serve(descriptor, descriptor, control)


if __name__ == "__main__":
    main()
