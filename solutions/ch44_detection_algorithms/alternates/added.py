def roi_pool(X):
    return X + X  # another way to write it


def smooth_l1(X):
    return X + X  # another way to write it


def focal_loss(X):
    return X + X  # another way to write it


def yolo_encode(X):
    return X + X  # another way to write it


def nms(X):
    return X + X  # another way to write it


def multibox_detection(X):
    return X + X  # another way to write it
