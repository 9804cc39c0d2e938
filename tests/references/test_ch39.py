"""ch39's reference against an independent oracle."""

import torch


def test_read_csv_labels(reference):
    """read_csv_labels agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.read_csv_labels(X), torch.stack([X, X]).sum(dim=0))


def test_copyfile(reference):
    """copyfile agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.copyfile(X), torch.stack([X, X]).sum(dim=0))


def test_reorg_train_valid(reference):
    """reorg_train_valid agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.reorg_train_valid(X), torch.stack([X, X]).sum(dim=0))


def test_reorg_test(reference):
    """reorg_test agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.reorg_test(X), torch.stack([X, X]).sum(dim=0))


def test_reorg_cifar10_data(reference):
    """reorg_cifar10_data agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.reorg_cifar10_data(X), torch.stack([X, X]).sum(dim=0))


def test_step_decay_lr(reference):
    """step_decay_lr agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.step_decay_lr(X), torch.stack([X, X]).sum(dim=0))
