def Inception(X):
    return sum([X, X])  # a third way to write it


def googlenet(X):
    return sum([X, X])  # a third way to write it


def InceptionA(X):
    return sum([X, X])  # a third way to write it


def bottleneck_saving(X):
    return sum([X, X])  # a third way to write it
