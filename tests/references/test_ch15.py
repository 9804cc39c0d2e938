"""ch15's reference against numpy, torch's Adam in a loop of its own and pandas."""

import io
import itertools
import math

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(15)


def test_log_rmse_against_numpy(reference):
    """Agrees with numpy on predictions of both signs."""
    predictions, labels = 100 * torch.randn(50, 1), 100 * torch.rand(50, 1) + 1
    expected = np.sqrt(np.mean((np.log(np.clip(predictions.numpy(), 1, None)) - np.log(labels.numpy())) ** 2))
    assert reference.log_rmse(nn.Identity(), predictions, labels) == pytest.approx(expected, rel=1e-5)


def test_folds_partition_the_examples(reference):
    """For all small n and k the validation folds are the slices of the first k * (n // k) rows, the rest trains."""
    for n in range(2, 14):
        X, y = torch.arange(2 * n).reshape(n, 2), torch.arange(n)
        for k in range(2, n + 1):
            folds = torch.arange(n // k * k).reshape(k, -1)
            for i in range(k):
                X_train, y_train, X_valid, y_valid = reference.get_k_fold_data(k, i, X, y)
                assert torch.equal(y_valid, folds[i])
                assert torch.equal(y_train, folds[[j for j in range(k) if j != i]].flatten())
                assert torch.equal(X_train, X[y_train])
                assert torch.equal(X_valid, X[y_valid])


def test_standardize_against_numpy(reference):
    """With holes at random, agrees with numpy's nanmean and nanstd, and leaves mean 0 and deviation 1 where none is."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        table = rng.normal(5, 3, (12, 4))
        table[rng.random((12, 4)) < 0.2 * (seed % 3)] = np.nan
        table[0], table[-1] = 1.0, 2.0  # at least two known values
        scaled = (table - np.nanmean(table, axis=0)) / np.nanstd(table, axis=0, ddof=1)
        found = torch.cat(reference.standardize(*torch.from_numpy(table).split([7, 5])))
        torch.testing.assert_close(found, torch.from_numpy(np.nan_to_num(scaled)))
        if not np.isnan(table).any():
            torch.testing.assert_close(found.std(0), torch.ones(4, dtype=torch.float64))


TRAIN = """\
Id,MSZoning,LotArea,Alley,YearBuilt,PoolQC,OverallQual,SalePrice
1,RL,8450,NA,2003,NA,7,208500
2,RM,9600,Grvl,,NA,6,181500
3,RL,NA,Pave,2001,NA,7,223500
4,NA,9550,NA,1915,NA,7,140000
5,C (all),14260,Pave,2000,NA,8,250000
6,RL,14115,NA,1993,NA,5,143000
"""
TEST = """\
Id,MSZoning,LotArea,Alley,YearBuilt,PoolQC,OverallQual
7,RH,11622,NA,1961,Ex,5
8,RL,NA,NA,1958,NA,6
9,FV,13830,NA,NA,NA,NA
"""


def columns(text):
    """A table of numbers, strings and None, as the chapter has it, without pandas."""
    header, *rows = [line.split(",") for line in text.strip().splitlines()]
    cells = [[None if cell in ("", "NA") else cell for cell in column] for column in zip(*rows, strict=True)]
    texts = {"MSZoning", "Alley", "PoolQC"}
    return {
        name: [cell if cell is None or name in texts else float(cell) for cell in column]
        for name, column in zip(header[1:], cells[1:], strict=True)
    }


def test_preprocessing_against_pandas(reference):
    """The features of a small table are those of the book's pipeline: names, order and values.

    It has holes, categories that only the test set has, and one that only test houses know at all.
    """
    # PoolQC is NaN in every training row: without `dtype` pandas takes it for a column of numbers there.
    texts = dict.fromkeys(["MSZoning", "Alley", "PoolQC"], object)
    train, test = (
        pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=["NA", ""], dtype=texts)
        for text in (TRAIN, TEST)
    )
    everything = pd.concat((train.iloc[:, 1:-1], test.iloc[:, 1:]))
    numeric = everything.select_dtypes("number").columns
    scaled = everything[numeric].apply(lambda x: (x - x.mean()) / x.std()).fillna(0)
    expected = pd.get_dummies(pd.concat((scaled, everything[list(texts)]), axis=1), columns=list(texts), dummy_na=True)
    left, right, names = reference.preprocess(columns(TRAIN), columns(TEST))
    assert names == list(expected.columns)
    features = torch.tensor(expected.to_numpy(dtype=np.float32))
    torch.testing.assert_close(torch.cat([left, right]), features)
    assert (len(left), len(right)) == (len(train), len(test))


def test_standardize_against_pandas(reference):
    """Constant columns, columns with one value and columns with none become what pandas makes of them."""
    table = torch.randn(7, 5, dtype=torch.float64)
    table[:, 1], table[1:, 2], table[:, 3], table[2:4, 4] = 3.0, math.nan, math.nan, math.nan
    expected = pd.DataFrame(table.numpy()).apply(lambda x: (x - x.mean()) / x.std()).fillna(0)
    found = torch.cat(reference.standardize(*table.split([4, 3])))
    torch.testing.assert_close(found, torch.tensor(expected.to_numpy()))


# pandas 2 announces another type for the columns of a table without any category; their values stay.
@pytest.mark.filterwarnings("ignore:The behavior of Index.insert:FutureWarning")
def test_one_hot_against_pandas(reference):
    """All columns of up to three cells agree with get_dummies(dummy_na=True)."""
    for cells in itertools.product(["b", "a", None], repeat=3):
        expected = pd.get_dummies(pd.Series(cells, dtype=object), dummy_na=True)
        left, right, names = reference.one_hot(cells[:2], cells[2:])
        assert [None if name != name else name for name in expected.columns] == names
        assert torch.equal(torch.cat([left, right]), torch.tensor(expected.to_numpy(dtype=np.float32)))


def test_features_by_hand(reference):
    """The same table by hand: the scaled areas, and the zones."""
    left, right, names = reference.preprocess(columns(TRAIN), columns(TEST))
    zones = ["C (all)", "FV", "RH", "RL", "RM", "nan"]
    assert names[:3] == ["LotArea", "YearBuilt", "OverallQual"]
    assert names[3:] == [f"MSZoning_{z}" for z in zones] + [
        "Alley_Grvl", "Alley_Pave", "Alley_nan", "PoolQC_Ex", "PoolQC_nan",
    ]  # fmt: skip
    areas = np.array([8450, 9600, 9550, 14260, 14115, 11622, 13830])
    scaled = (areas - areas.mean()) / areas.std(ddof=1)
    features = torch.cat([left, right])
    assert features[:, 0].tolist() == pytest.approx([*scaled[:2], 0, *scaled[2:6], 0, scaled[6]], abs=1e-5)
    where = [zones.index(zone) for zone in ("RL", "RM", "RL", "nan", "C (all)", "RL", "RH", "RL", "FV")]
    assert features[:, 3:9].argmax(1).tolist() == where
    assert (features[:, 3:9].sum(1) == 1).all()


def test_training_against_the_optimizer(reference):
    """In one batch, training is torch's Adam step by step; in minibatches it fits a linear price."""
    X = torch.randn(40, 6, dtype=torch.float64)
    y = X @ torch.tensor([[3.0], [1], [-2], [0], [4], [1]], dtype=torch.float64) + 30
    ours, theirs = (nn.Linear(6, 1).double() for _ in range(2))
    ours.load_state_dict(theirs.state_dict())
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1, weight_decay=0.2)
    expected = []
    for _ in range(10):
        optimizer.zero_grad()
        nn.functional.mse_loss(theirs(X[:30]), y[:30]).backward()
        optimizer.step()
        expected.append([reference.log_rmse(theirs, *part) for part in ((X[:30], y[:30]), (X[30:], y[30:]))])
    curves = reference.train(ours, X[:30], y[:30], X[30:], y[30:], 10, 0.1, 0.2, 30)
    assert list(zip(*curves, strict=True)) == [pytest.approx(pair) for pair in expected]
    train_ls, nothing = reference.train(ours, X, y, None, None, 60, 0.5, 0.0, 8)
    assert nothing == []
    assert train_ls[-1] < 0.01 < train_ls[0]


def test_k_fold_is_the_mean_over_explicit_folds(reference):
    """From the same seed, the result is the mean of folds that are trained one by one."""
    X, y = torch.randn(23, reference.in_features), 100 * torch.rand(23, 1) + 50
    torch.manual_seed(3)
    found = reference.k_fold(4, X, y, 3, 5.0, 0.1, 6)
    torch.manual_seed(3)
    curves = []
    for i in range(4):
        net, fold = reference.get_net(), reference.get_k_fold_data(4, i, X, y)
        curves.append([curve[-1] for curve in reference.train(net, *fold, 3, 5.0, 0.1, 6)])
    assert found == pytest.approx(np.mean(curves, axis=0).tolist())
