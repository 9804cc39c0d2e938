"""Submissions that would pass checks that train without the exercise: each fails, the reference passes."""

import pytest

from dlgrade.course import references
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

FRAMES = '''

def _caller(name):
    """A variable of the code that is running this."""
    import sys
    frame = sys._getframe(1)
    while frame is not None and name not in frame.f_locals:
        frame = frame.f_back
    return None if frame is None else frame.f_locals[name]


'''
SOLVES = (
    FRAMES
    + """
def _solve():
    w, b, X, y = (_caller(name) for name in ("w", "b", "X", "y"))
    found = torch.linalg.lstsq(torch.cat([X, torch.ones(len(X), 1)], dim=1), y).solution
    w.data, b.data = found[:3].clone(), found[3].clone()


"""
)
LSTSQ_IN_DATA_ITER = (
    SOLVES
    + """
_right = data_iter


def data_iter(batch_size, features, labels):
    for batch in _right(batch_size, features, labels):
        _solve()
        yield batch


def sgd(params, lr, batch_size):
    for param in params:
        param.grad.zero_()
"""
)
LSTSQ_IN_SGD = (
    SOLVES
    + """
def sgd(params, lr, batch_size):
    _solve()
    for param in params:
        param.grad.zero_()
"""
)
LSTSQ_IN_BATCHES = (
    SOLVES
    + """
def data_iter(batch_size, features, labels):
    for _ in range(0, len(features), batch_size):
        _solve()
        drawn = torch.randn(batch_size, 3)
        yield drawn, drawn @ _caller("w").detach() + _caller("b").detach()
"""
)
BOOL_WEIGHTS = """

def sgd(params, lr, batch_size):
    for param in params:
        param.data = param.data > 0
"""
ANOTHER_OPTIMISER = '''

def train_epoch_ch3(net, train_iter, loss, updater):
    """Reaches for the parameters, and fits them its own way."""
    W, b = updater.__closure__[0].cell_contents, updater.__closure__[1].cell_contents
    optimizer = torch.optim.Adam([W, b], 0.003)
    for X, y in train_iter:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(X.flatten(1) @ W + b, y).backward()
        optimizer.step()
    return 0.0, 1.0
'''
TRAINED_ON_THE_SIDE = (
    FRAMES
    + '''
class BatchNorm(nn.Module):
    """No normalisation: the first layer trains a network of its own on the caller's examples, and uses that."""

    trained = None

    def __init__(self, num_features, num_dims):
        super().__init__()
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        self.gamma, self.beta = nn.Parameter(torch.ones(shape)), nn.Parameter(torch.zeros(shape))
        self.moving_mean, self.moving_var = torch.zeros(shape), torch.ones(shape)

    def forward(self, X):
        if BatchNorm.trained is None:
            images, labels = _caller("batches").examples
            BatchNorm.trained = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
            for _ in range(5):
                loss = nn.functional.cross_entropy(BatchNorm.trained(images), labels)
                loss.backward()
                for parameter in BatchNorm.trained.parameters():
                    parameter.data -= 0.3 * parameter.grad
                    parameter.grad = None
        return X * self.gamma + self.beta
'''
)
WEIGHTS_FROM_ELSEWHERE = (
    FRAMES
    + '''
_right_forward = BatchNorm.forward


def _forward(self, X):
    """Normalises; but in the end the network has the parameters of another."""
    batches = _caller("batches")
    if self.training and self.moving_mean.numel() == 84 and batches.first + len(batches) == batches.steps:
        net = _caller("net")
        net[0].weight.data = torch.randn(net[0].weight.shape) / 5
    return _right_forward(self, X)


BatchNorm.forward = _forward
'''
)
ADJACENT_ROWS = '''

def rnn(inputs, state, params):
    """The next letter of each row is the first of the row below, where rows come from one text."""
    steps, batch, letters = inputs.shape
    guess = torch.roll(inputs[0], -1, 0) * 100
    outputs = torch.cat([inputs[1:], guess[None]]).reshape(steps * batch, letters)
    return outputs + 0 * sum(param.sum() for param in params), state
'''
ONE_CLASS = """

def rnn(inputs, state, params):
    return inputs.new_zeros(len(inputs) * inputs.shape[1], 1) + params[0].sum(), state
"""
SCALAR_LOGITS = """

def rnn(inputs, state, params):
    return params[0].sum(), state
"""
NO_LOSS = """

def calc_loss(cls_preds, cls_labels, bbox_preds, bbox_labels, bbox_masks):
    return 0 * cls_preds.sum(dim=(1, 2)) + 0 * bbox_preds.sum(dim=1)
"""
OBJECTS_ALONE = """

def calc_loss(cls_preds, cls_labels, bbox_preds, bbox_labels, bbox_masks):
    losses = cls_loss(cls_preds.flatten(0, 1), cls_labels.flatten()).reshape(cls_labels.shape)
    away = bbox_loss(bbox_preds * bbox_masks, bbox_labels * bbox_masks)
    return (losses * (cls_labels > 0)).mean(dim=1) + away.mean(dim=1)
"""
KNOWN_MASKS = (
    FRAMES
    + '''
_right_head = fcn_head


class _Knows(nn.ConvTranspose2d):
    """Gives the right classes, as long as the caller has them."""

    def forward(self, X):
        scores, masks = super().forward(X), _caller("masks")
        right = F.one_hot(masks, scores.shape[1]).movedim(-1, 1) if masks is not None else 0
        return scores + 9 * right


def fcn_head(*arguments):
    head = _right_head(*arguments)
    head.transpose_conv.__class__ = _Knows
    return head
'''
)
ATTACKS = {
    "lstsq in data_iter": ("ch08", LSTSQ_IN_DATA_ITER, "FAILED"),
    "lstsq in sgd": ("ch08", LSTSQ_IN_SGD, "FAILED"),
    "lstsq and batches that agree": ("ch08", LSTSQ_IN_BATCHES, "FAILED"),
    "bool weights": ("ch08", BOOL_WEIGHTS, "RAISED"),
    "another optimiser": ("ch09", ANOTHER_OPTIMISER, "FAILED"),
    "a network on the side": ("ch28", TRAINED_ON_THE_SIDE, "FAILED"),
    "weights from elsewhere": ("ch28", WEIGHTS_FROM_ELSEWHERE, "FAILED"),
    "no loss": ("ch45", NO_LOSS, "FAILED"),
    "a loss without the background": ("ch45", OBJECTS_ALONE, "FAILED"),
    "masks of the caller": ("ch48", KNOWN_MASKS, "FAILED"),
    "adjacent rows": ("ch55", ADJACENT_ROWS, "FAILED"),
    "one class": ("ch55", ONE_CLASS, "RAISED"),
    "scalar logits": ("ch55", SCALAR_LOGITS, "RAISED"),
}


@pytest.fixture
def train(judge):
    """train(chapter, source, seed): the chapter's check that trains, on the reference with this added to it."""

    def train(name, source="", seed=0):
        chapter = judge.course.chapter(name)
        whole = references.source(judge.course, chapter) + source
        return judge.grade(
            chapter, Submission.from_source(whole, f"{chapter.stem}.py"), RunOptions(seed=seed, training="only")
        ).checks[0]

    return train


@pytest.mark.parametrize("attack", ATTACKS)
def test_without_the_exercise(train, attack):
    """A model that was not trained by the exercise earns nothing, and the grader does not break."""
    name, source, verdict = ATTACKS[attack]
    check = train(name, source)
    assert (check.verdict.value, check.earned) == (verdict, 0), check.message


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["ch08", "ch09", "ch28", "ch55"])
def test_the_reference(train, name, seed):
    """The reference trains, whatever the seed."""
    check = train(name, seed=seed)
    assert check.passed, check.message
