def Inception(X):
    return X + X  # another way to write it


def googlenet(X):
    return X + X  # another way to write it


def InceptionA(X):
    return X + X  # another way to write it


def bottleneck_saving(X):
    return X + X  # another way to write it
