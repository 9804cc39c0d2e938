"""torch's compiler, which workers and judges import only if it has work to do."""

import subprocess
import sys

import pytest

BEGIN = """
import sys
from dlgrade.worker.warm import use_one_thread
use_one_thread()
import torch
from torch.utils._python_dispatch import TorchDispatchMode
net, x = torch.nn.Linear(2, 2), torch.ones(1, 2)
"""
WITHOUT = """
class Watched(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        return function(*args, **(kwargs or {}))

for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adadelta):
    optimizer = kind(net.parameters(), lr=0.1)
    with Watched():
        net(x).sum().backward()
    before = net.weight.clone()
    optimizer.step()
    assert not before.equal(net.weight)
    optimizer.zero_grad()
assert "torch._dynamo.config" not in sys.modules, "torch has imported its compiler"
"""
COMPILES = """
def step(x):
    optimizer.zero_grad()
    net(x).square().sum().backward()
    optimizer.step()
    return net(x)

optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
start = {name: value.clone() for name, value in net.state_dict().items()}
expected = step(x)
net.load_state_dict(start)
torch.testing.assert_close(torch.compile(step, backend="eager")(x), expected)
"""
SUBMODULE = """
import torch._dynamo.config as config
from torch._dynamo import utils
assert sys.modules["torch._dynamo.config"] is config is torch._dynamo.config
assert config.__spec__.origin == config.__file__
assert sys.modules["torch._dynamo"].utils is utils
"""


@pytest.mark.parametrize("then", [WITHOUT, WITHOUT + COMPILES, SUBMODULE + COMPILES])
def test_the_compiler_is_imported_when_it_is_used(then):
    """Optimizers and dispatch modes work without it. torch.compile works, and so do imports of its modules."""
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", BEGIN + then], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
