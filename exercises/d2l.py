"""The module that `from d2l import torch as d2l` gives a submission while it is graded.

It has the helpers of the book (Dive into Deep Learning, PyTorch edition) that need no network, in code of this course.
A comment `# GIVEN chNN: names` adds definitions of a chapter's reference, for the submissions of later chapters only.
A chapter does not get its own exercises, nor a helper that uses one of them. Plots do nothing.
"""

import collections
import math
import random
import re
import time
from collections import defaultdict

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils import data

# GIVEN ch08: synthetic_data, linreg, squared_loss, sgd
# GIVEN ch09: accuracy, evaluate_accuracy, train_epoch_ch3
# GIVEN ch11: evaluate_loss
# GIVEN ch19: corr2d
# GIVEN ch23: evaluate_accuracy_gpu, train_ch6
# GIVEN ch29: Residual, resnet18
# GIVEN ch33: split_batch
# GIVEN ch39: read_csv_labels, copyfile, reorg_train_valid, reorg_test
# GIVEN ch41: box_corner_to_center, box_center_to_corner
# GIVEN ch42: multibox_prior, box_iou, assign_anchor_to_bbox, offset_boxes, offset_inverse, multibox_target
# GIVEN ch46: VOC_COLORMAP, voc_colormap2label, voc_label_indices, voc_rand_crop
# GIVEN ch52: tokenize, count_corpus, Vocab
# GIVEN ch53: seq_data_iter_random, seq_data_iter_sequential
# GIVEN ch55: RNNModelScratch, predict_ch8, grad_clipping, train_epoch_ch8
# GIVEN ch58: RNNModel
# GIVEN ch60: preprocess_nmt, tokenize_nmt, truncate_pad, build_array_nmt
# GIVEN ch61: Encoder, Decoder, EncoderDecoder
# GIVEN ch62: Seq2SeqEncoder, Seq2SeqDecoder, sequence_mask, MaskedSoftmaxCELoss, predict_seq2seq, bleu
# GIVEN ch65: masked_softmax, AdditiveAttention, DotProductAttention
# GIVEN ch66: AttentionDecoder, Seq2SeqAttentionDecoder
# GIVEN ch67: transpose_qkv, transpose_output, MultiHeadAttention, PositionalEncoding
# GIVEN ch68: PositionWiseFFN, AddNorm, EncoderBlock, TransformerEncoder
# GIVEN ch69: get_tokens_and_segments, BERTEncoder, MaskLM

# A comment `# NOT chNN: names` leaves out helpers that are almost an answer of the chapter, under another name.
# NOT ch23: evaluate_accuracy

# torch's functions under the names that the book uses in all its editions.

float32, int32 = torch.float32, torch.int32
abs = torch.abs
arange = torch.arange
concat = torch.cat
cos = torch.cos
cosh = torch.cosh
exp = torch.exp
eye = torch.eye
linspace = torch.linspace
log = torch.log
matmul = torch.matmul
meshgrid = torch.meshgrid
normal = torch.normal
ones = torch.ones
rand = torch.rand
sin = torch.sin
sinh = torch.sinh
stack = torch.stack
tanh = torch.tanh
tensor = torch.tensor
zeros = torch.zeros


def argmax(x, *args, **kwargs):
    return x.argmax(*args, **kwargs)


def astype(x, *args, **kwargs):
    return x.type(*args, **kwargs)


def numpy(x, *args, **kwargs):
    return x.detach().numpy(*args, **kwargs)


def reduce_sum(x, *args, **kwargs):
    return x.sum(*args, **kwargs)


def reshape(x, *args, **kwargs):
    return x.reshape(*args, **kwargs)


def size(x):
    return x.numel()


def to(x, *args, **kwargs):
    return x.to(*args, **kwargs)


def transpose(x):
    return x.t()


# Devices.


def cpu():
    return torch.device("cpu")


def gpu(i=0):
    return torch.device("cuda", i)


def num_gpus():
    return torch.cuda.device_count()


def try_gpu(i=0):
    return gpu(i) if i < num_gpus() else cpu()


def try_all_gpus():
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


# Clocks and sums.


class Timer:
    """Stopwatch: every `stop` adds the seconds since the last `start` to `times`."""

    def __init__(self):
        self.times = []
        self.start()

    def start(self):
        self.begun = time.perf_counter()

    def stop(self):
        self.times.append(time.perf_counter() - self.begun)
        return self.times[-1]

    def sum(self):
        return math.fsum(self.times)

    def avg(self):
        return self.sum() / len(self.times)

    def cumsum(self):
        return np.cumsum(self.times).tolist()


class Benchmark:
    """Runs the block of a `with` statement, and prints nothing."""

    def __init__(self, description="Done"):
        self.description = description

    def __enter__(self):
        self.timer = Timer()
        return self

    def __exit__(self, *_):
        self.timer.stop()


class Accumulator:
    """A running total of each of n numbers."""

    def __init__(self, n):
        self.data = [0.0 for _ in range(n)]

    def add(self, *args):
        for place, number in enumerate(args):
            self.data[place] += float(number)

    def reset(self):
        self.data = [0.0 for _ in self.data]

    def __getitem__(self, idx):
        return self.data[idx]


# Data.

DATA_HUB = {}
DATA_URL = ""


def get_dataloader_workers():
    return 0


def load_array(data_arrays, batch_size, is_train=True):
    """Return a loader of minibatches, in random order for training."""
    return data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=is_train)


def get_fashion_mnist_labels(labels):
    names = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
    return [names[int(label)] for label in labels]


# Pictures are not drawn.


class _Nothing:
    """Takes every call and every attribute, and does nothing."""

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())


plt = display = backend_inline = _Nothing()


class FlattenLayer(nn.Flatten):
    """The name in the first edition, d2lzh_pytorch; so is the next."""


class GlobalAvgPool2d(nn.AdaptiveAvgPool2d):
    def __init__(self):
        super().__init__(1)


class Animator:
    """Takes the points of curves, and draws nothing."""

    def __init__(self, *args, **kwargs):
        pass

    def add(self, x, y):
        pass


def use_svg_display():
    pass


def set_figsize(figsize=(3.5, 2.5)):
    pass


def set_axes(*args, **kwargs):
    pass


def plot(*args, **kwargs):
    pass


def show_images(*args, **kwargs):
    return _Nothing()


def show_heatmaps(*args, **kwargs):
    pass


def show_list_len_pair_hist(*args, **kwargs):
    pass


def show_bboxes(*args, **kwargs):
    pass


def show_trace_2d(*args, **kwargs):
    pass


def annotate(*args, **kwargs):
    pass
