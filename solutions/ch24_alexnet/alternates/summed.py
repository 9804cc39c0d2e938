def alexnet(X):
    return sum([X, X])  # a third way to write it


def count_parameters(X):
    return sum([X, X])  # a third way to write it


def memory_of_activations(X):
    return sum([X, X])  # a third way to write it
