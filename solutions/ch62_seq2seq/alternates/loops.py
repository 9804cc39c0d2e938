"""Step by step and word by word, with loops, slices and remaining counts."""


class Seq2SeqEncoder(nn.Module):
    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0, **kwargs):
        super().__init__(**kwargs)
        self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout)
        self.embedding = nn.Embedding(vocab_size, embed_size)

    def forward(self, X, *_):
        state, outputs = None, []
        for step in range(X.shape[1]):
            output, state = self.rnn(self.embedding(X[:, step])[None], state)
            outputs.append(output[0])
        return torch.stack(outputs), state


class Seq2SeqDecoder(nn.Module):
    def __init__(self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0, **kwargs):
        super().__init__(**kwargs)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        self.rnn = nn.GRU(num_hiddens + embed_size, num_hiddens, num_layers, dropout=dropout)
        self.embedding = nn.Embedding(vocab_size, embed_size)

    def init_state(self, enc_outputs, *_):
        _, state = enc_outputs
        return state

    def forward(self, X, state):
        context, logits = state[-1], []
        for step in range(X.shape[1]):
            word = torch.cat([self.embedding(X[:, step]), context], dim=1)
            output, state = self.rnn(word[None], state)
            logits.append(self.dense(output[0]))
        return torch.stack(logits, dim=1), state


def sequence_mask(X, valid_len, value=0):
    for i, length in enumerate(valid_len.tolist()):
        X[i, int(length) :] = value
    return X


class MaskedSoftmaxCELoss(nn.CrossEntropyLoss):
    def forward(self, pred, label, valid_len):
        losses = []
        for logits, words, length in zip(pred, label, valid_len.tolist(), strict=True):
            total = logits.sum() * 0
            for step in range(int(length)):
                total = total + logits[step].logsumexp(0) - logits[step, words[step]]
            losses.append(total / len(words))
        return torch.stack(losses)


def predict_seq2seq(net, src_sentence, src_vocab, tgt_vocab, num_steps, device, save_attention_weights=False):
    net.train(False)
    source = [src_vocab[word.lower()] for word in src_sentence.split(" ")]
    source.append(src_vocab["<eos>"])
    valid_len = torch.full((1,), len(source), device=device)
    X = torch.tensor(truncate_pad(source, num_steps, src_vocab["<pad>"]), device=device).reshape(1, num_steps)
    state = net.decoder.init_state(net.encoder(X, valid_len), valid_len)
    words, noted, last = [], [], tgt_vocab["<bos>"]
    while len(words) < num_steps and last != tgt_vocab["<eos>"]:
        logits, state = net.decoder(torch.tensor([[last]], device=device), state)
        last = int(logits[0, 0].argmax())
        words.append(last)
        if save_attention_weights:
            noted.append(net.decoder.attention_weights)
    if last == tgt_vocab["<eos>"]:
        words.pop()
    return " ".join(tgt_vocab.to_tokens(words)), noted


def bleu(pred_seq, label_seq, k):
    pred, label = pred_seq.split(" "), label_seq.split(" ")
    score = math.exp(1 - len(label) / len(pred)) if len(pred) < len(label) else 1.0
    for n in range(1, k + 1):
        total = len(pred) - n + 1
        if total < 1:
            return 0.0
        left = [label[i : i + n] for i in range(len(label) - n + 1)]
        matches = 0
        for i in range(total):
            if pred[i : i + n] in left:
                left.remove(pred[i : i + n])
                matches += 1
        score *= math.pow(matches / total, 1 / 2**n)
    return score
