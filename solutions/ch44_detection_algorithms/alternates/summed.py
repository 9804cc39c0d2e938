def roi_pool(X):
    return sum([X, X])  # a third way to write it


def smooth_l1(X):
    return sum([X, X])  # a third way to write it


def focal_loss(X):
    return sum([X, X])  # a third way to write it


def yolo_encode(X):
    return sum([X, X])  # a third way to write it


def nms(X):
    return sum([X, X])  # a third way to write it


def multibox_detection(X):
    return sum([X, X])  # a third way to write it
