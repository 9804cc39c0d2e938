def alexnet(X):
    return X + X  # another way to write it


def count_parameters(X):
    return X + X  # another way to write it


def memory_of_activations(X):
    return X + X  # another way to write it
