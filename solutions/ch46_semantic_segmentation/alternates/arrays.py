"""numpy, bincount and torchvision."""

import numpy as np
import torch
from torchvision import transforms
from torchvision.transforms import functional as TF


def voc_colormap2label():
    table = np.zeros(2**24, dtype=np.int64)
    table[np.array(VOC_COLORMAP) @ [65536, 256, 1]] = np.arange(len(VOC_COLORMAP))
    return torch.from_numpy(table)


def voc_label_indices(colormap, colormap2label):
    factors = torch.tensor([256**2, 256, 1], dtype=torch.int32)
    code = (colormap.int() * factors[:, None, None]).sum(dim=0)
    return colormap2label.take(code)


def voc_rand_crop(feature, label, height, width):
    place = transforms.RandomCrop.get_params(feature, (height, width))
    return TF.crop(feature, *place), TF.crop(label, *place)


def filter_by_size(imgs, crop_size):
    kept = list(imgs)
    for place in range(len(kept) - 1, -1, -1):
        if kept[place].shape[1] < crop_size[0] or kept[place].shape[2] < crop_size[1]:
            del kept[place]
    return kept


def mean_iou(pred, target, num_classes, ignore_index=255):
    mask = target.ne(ignore_index)
    if not mask.any():
        raise ValueError("every pixel is ignored")
    pairs = target[mask].long() * num_classes + pred[mask].long()
    cm = torch.bincount(pairs, minlength=num_classes**2).view(num_classes, num_classes).double()
    union = cm.sum(dim=0) + cm.sum(dim=1) - cm.diag()
    return (cm.diag() / union).nanmean().item()
