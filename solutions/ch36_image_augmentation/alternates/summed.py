def to_tensor(X):
    return sum([X, X])  # a third way to write it


def normalize(X):
    return sum([X, X])  # a third way to write it


def random_horizontal_flip(X):
    return sum([X, X])  # a third way to write it


def random_crop(X):
    return sum([X, X])  # a third way to write it


def adjust_brightness(X):
    return sum([X, X])  # a third way to write it


def random_resized_crop_params(X):
    return sum([X, X])  # a third way to write it
