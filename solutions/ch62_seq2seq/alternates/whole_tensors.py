"""Whole tensors at once: expanded masks, gathered log-probabilities, batch-first halves, logarithms of products."""

from math import exp, inf, log


class Seq2SeqEncoder(nn.Module):
    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.rnn = nn.GRU(embed_size, num_hiddens, num_layers=num_layers, dropout=dropout, batch_first=True)

    def forward(self, X, *_):
        outputs, state = self.rnn(self.embedding(X))
        return outputs.swapaxes(0, 1).contiguous(), state


class Seq2SeqDecoder(nn.Module):
    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers, dropout=dropout, batch_first=True)
        self.dense = nn.Linear(num_hiddens, vocab_size)

    def init_state(self, enc_outputs, *_):
        return enc_outputs[-1]

    def forward(self, X, state):
        words = self.embedding(X)
        context = state[-1].unsqueeze(1).repeat(1, X.shape[1], 1)
        outputs, state = self.rnn(torch.cat((words, context), dim=-1), state)
        return self.dense(outputs), state


def sequence_mask(X, valid_len, value=0):
    valid = torch.arange(X.shape[1], device=X.device) < valid_len.unsqueeze(1)
    valid = valid.reshape(valid.shape + (1,) * (X.dim() - 2))
    return X.masked_fill(~valid, value)


class MaskedSoftmaxCELoss(nn.CrossEntropyLoss):
    def forward(self, pred, label, valid_len):
        chosen = pred.log_softmax(-1).gather(-1, label.unsqueeze(-1)).squeeze(-1)
        return -sequence_mask(chosen, valid_len).sum(1) / label.shape[1]


@torch.no_grad()
def predict_seq2seq(net, src_sentence, src_vocab, tgt_vocab, num_steps, device, save_attention_weights=False):
    net.eval()
    words = [*src_sentence.lower().split(" "), "<eos>"]
    valid_len = torch.tensor([min(len(words), num_steps)], device=device)
    words += ["<pad>"] * (num_steps - len(words))
    X = torch.tensor(src_vocab[words[:num_steps]], dtype=torch.int64, device=device)[None]
    state = net.decoder.init_state(net.encoder(X, valid_len), valid_len)
    step = torch.tensor(tgt_vocab["<bos>"], dtype=torch.int64, device=device)
    said, noted = [], []
    for _ in range(num_steps):
        logits, state = net.decoder(step.reshape(1, 1), state)
        noted += [net.decoder.attention_weights] if save_attention_weights else []
        step = logits.squeeze().topk(1).indices
        token = tgt_vocab.to_tokens([step.item()])[0]
        if token == "<eos>":
            return " ".join(said), noted
        said.append(token)
    return " ".join(said), noted


def bleu(pred_seq, label_seq, k):
    pred, label = pred_seq.split(" "), label_seq.split(" ")
    total = min(0.0, 1 - len(label) / len(pred))
    for n in range(1, k + 1):
        runs, known = (Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in (pred, label))
        matches = sum(min(count, known[run]) for run, count in runs.items())
        total += 0.5**n * log(matches / runs.total()) if matches else -inf
    return exp(total)
