"""Stable sorting, bincount, precision and recall by class, fields quoted by hand."""


def topk_accuracy(logits, y, k=1):
    if k < 1 or k > logits.shape[1] or len(y) == 0:
        raise ValueError("k or the batch has a wrong size")
    order = torch.sort(logits, dim=1, descending=True, stable=True).indices
    return float((order[:, :k] == y.reshape(-1, 1)).any(dim=1).double().mean())


def confusion_matrix(y_true, y_pred, num_classes):
    if y_true.shape != y_pred.shape:
        raise ValueError("labels and predictions differ in length")
    both = torch.cat([y_true, y_pred])
    if len(both) and (both.min() < 0 or both.max() >= num_classes):
        raise ValueError("class out of range")
    return torch.bincount(y_true * num_classes + y_pred, minlength=num_classes**2).reshape(num_classes, num_classes)


def macro_f1(cm):
    total = 0.0
    for i, row in enumerate(cm.tolist()):
        hits = row[i]
        if hits:
            precision, recall = hits / sum(cm[:, i].tolist()), hits / sum(row)
            total += 2 * precision * recall / (precision + recall)
    return total / len(cm)


def write_submission(ids, labels, path):
    if len(ids) != len(labels):
        raise ValueError(len(ids), len(labels))

    def quoted(field):
        return '"' + field.replace('"', '""') + '"'

    lines = ["image,label"] + [f"{quoted(image)},{quoted(label)}" for image, label in zip(ids, labels, strict=True)]
    Path(path).write_bytes(("\n".join(lines) + "\n").encode())
