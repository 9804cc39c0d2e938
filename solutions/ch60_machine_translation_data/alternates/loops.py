"""Character by character, token by token; valid lengths by counting what is not padding."""


def preprocess_nmt(text):
    out, before = [], " "
    for char in text.lower():
        if char in "\u202f\xa0":
            char = " "
        if char in ",.!?" and before != " ":
            out.append(" ")
        out.append(char)
        before = char
    return "".join(out)


def tokenize_nmt(text, num_examples=None):
    source, target = [], []
    for number, line in enumerate(text.split("\n")):
        if num_examples and number == num_examples + 1:
            break
        if line.count("\t") != 1:
            continue
        tab = line.index("\t")
        source.append(line[:tab].split())
        target.append(line[tab + 1 :].split())
    return source, target


def truncate_pad(line, num_steps, padding_token):
    return [line[step] if step < len(line) else padding_token for step in range(num_steps)]


def build_array_nmt(lines, vocab, num_steps):
    array = torch.full((len(lines), num_steps), vocab["<pad>"])
    for i, line in enumerate(lines):
        for step, token in enumerate([*line, "<eos>"]):
            if step < num_steps:
                array[i, step] = vocab[token]
    return array, (array != vocab["<pad>"]).sum(dim=1)
