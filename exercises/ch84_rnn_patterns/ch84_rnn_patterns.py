"""ch84 RNN patterns: a sequence to a class.

The exercises prepare and build the net of the lecture PyTorch Deep Learning Practice, 12 and 13: it reads a name letter
by letter and says which country the name comes from. See also D2L 9.1 (chapter_recurrent-modern/gru.md).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


def state_shapes(
    seq_len: int,
    batch: int,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    bidirectional: bool,
    batch_first: bool,
) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors that go into nn.GRU and come out of it.

    The layer is nn.GRU(input_size, hidden_size, num_layers, bidirectional=bidirectional, batch_first=batch_first).
    The call output, h_n = layer(input, h_0) gets a batch of sequences of equal length.

    - input has the features of every step of every sequence: (seq_len, batch, input_size). With batch_first, it is
      (batch, seq_len, input_size).
    - output has the states of the last layer at every step. Its first two axes are those of input. In a bidirectional
      layer, its last axis holds the states of both directions, side by side.
    - h_0 and h_n have a state for each layer. If the layer is bidirectional, they have a state for each direction of
      each layer. Layers and directions share the first axis. The second axis is the batch, and the third is
      hidden_size. All this is the same with and without batch_first.

    Work the shapes out from the seven arguments.

    Args:
        seq_len: the number of steps.
        batch: the number of sequences.
        input_size: the number of features of a step.
        hidden_size: the number of hidden units of each layer in each direction.
        num_layers: the number of layers.
        bidirectional: whether each layer reads the sequences in both directions.
        batch_first: whether the batch is the first axis of input and output.

    Returns:
        A dict with the keys "input", "h_0", "output" and "h_n". Each value is a tuple of three Python integers.

    >>> state_shapes(5, 2, 3, 4, 1, False, False)["output"]
    (5, 2, 4)

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def storage_cost(samples: int, vocab: int, dim: int) -> tuple[int, int]:
    """Count the numbers that a net stores for its input, as one-hot vectors and as embedded vectors.

    A one-hot vector has a number for each token of the vocabulary. All of them count, also the zeros. An embedded
    vector has dim numbers. The table (vocab, dim) of the embedded vectors does not count: it is a parameter of the net,
    and all samples share it.

    The example of the course notes has 3 tokens and a vocabulary of 89: 3 * 89 numbers against 3 * 5.

    Args:
        samples: how many tokens the input has; repeated tokens count again.
        vocab: the number of different tokens of the vocabulary, at least 1.
        dim: the length of an embedded vector.

    Returns:
        Two Python integers: the count for one-hot vectors, then the count for embedded vectors.

    >>> storage_cost(3, 89, 5)
    (267, 15)
    """
    raise NotImplementedError  # write your code here


def embedding_lookup(weight: Tensor, idx: Tensor) -> Tensor:
    """Look up a row of weight for each id, as nn.Embedding does (Mikolov et al., 2013; D2L 14.1).

    The last axis of the result holds the rows. They are the product of the one-hot vectors of idx with weight:

        embedding_lookup(weight, idx) = one_hot(idx) @ weight

    Gradients flow to weight. A row that several ids name gets the sum of their gradients. A row that no id names gets
    zeros. The function leaves its arguments unchanged. Indexing, torch.index_select, F.one_hot and
    matrix products are allowed.

    Args:
        weight: (v, d), float32 or float64: a row for each id.
        idx: ids from 0 to v - 1, int64, of any shape, such as (b, T) or (), and with any strides. Ids may repeat.

    Returns:
        idx.shape + (d,), of weight's dtype.

    Raises:
        IndexError or RuntimeError: an id is v or more. Either is right.

    >>> embedding_lookup(torch.tensor([[1.0, 2], [3, 4], [5, 6]]), torch.tensor([2, 0]))
    tensor([[5., 6.],
            [1., 2.]])

    Write it from scratch, without ready-made embeddings (nn.Embedding, F.embedding, nn.EmbeddingBag, ...).
    """
    raise NotImplementedError  # write your code here


def names_to_tensor(names: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Write names as rows of character codes, padded with zeros to the longest name.

    The code of a character is its ASCII code, which ord returns: "A" is 65, and a blank is 32. Each character counts,
    blanks as well, and upper case differs from lower case. A row holds the codes of its name from the left, then zeros.
    The rows are in the order of names: unlike the lecture's code, the function does not sort.

    The empty name "" is a row of zeros of length 0. If all names are empty, the rows have no columns.

    Args:
        names: a list or tuple of at least one name.

    Returns:
        The codes (b, T), int64, and the lengths of the names (b,), int64. T is the length of the longest name.

    Raises:
        ValueError: a character is not ASCII, because its ord is 128 or more. Subclasses such as UnicodeEncodeError are
            right, too.

    >>> names_to_tensor(["Li", "Ada"])
    (tensor([[ 76, 105,   0],
            [ 65, 100,  97]]), tensor([2, 3]))
    """
    raise NotImplementedError  # write your code here


class NameClassifier(nn.Module):
    """Map each name to scores of its country: an embedding, a GRU and a linear layer (lecture 13; Cho et al., 2014).

        embedded = embedding(seqs)
        last = the state of the GRU's last layer after the last character of each name
        scores = fc(last)

    A name has its own length, and what follows in its row is padding. The net reads a name as if it were alone, without
    its padding:

    - The forward direction ends at character lengths[i] - 1 of name i. Its last state is the summary of the name.
    - The backward direction reads the characters lengths[i] - 1 to 0, in this order. Its last state, after character 0,
      is the second summary. The bidirectional net gives both to fc: the forward state first, then the backward state.
      The lecture's code has the opposite order.
    - Padding can be any id. Any id can be part of a name, also 0.

    All first states are 0. There is no dropout, no activation and no softmax, and the net is the same in training and
    evaluation. Gradients flow to all parameters.

    Args:
        vocab_size: the number of ids.
        hidden_size: the length of an embedded vector, and the number of hidden units of each layer in each direction.
        num_classes: the number of countries.
        num_layers: the number of layers of the GRU.
        bidirectional: whether the GRU reads in both directions.

    Attributes:
        embedding: nn.Embedding with vocab_size rows of length hidden_size.
        gru: nn.GRU with num_layers layers of hidden_size units, with biases.
        fc: nn.Linear from the summaries to num_classes, with bias: 2 * hidden_size features if the net is
            bidirectional, otherwise hidden_size.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_classes: int,
        num_layers: int = 1,
        bidirectional: bool = True,
    ) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, seqs: Tensor, lengths: Tensor) -> Tensor:
        """Map the names to scores. The arguments stay unchanged.

        Args:
            seqs: (b, T), int64 ids; T may be more than the longest length.
            lengths: (b,), int64, from 1 to T, in any order.

        Returns:
            (b, num_classes), raw scores of the names, in the order of seqs.
        """
        raise NotImplementedError  # write your code here
