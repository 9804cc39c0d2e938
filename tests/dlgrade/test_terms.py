"""Chinese texts use the book's words: a word of another school, or of the lecture, stands in no text."""

import re

import pytest

from dlgrade import course

HERE = course.load()
FOLDERS = ("exercises", "solutions", "tests/chapters", "tests/training", "datasets", "grader/dlgrade")
# The word to use, and those that it replaces. A title may give the lecture's word in brackets after the book's.
TERMS = {
    "移动平均": "滑动平均|滑动统计量|滑动均值|滑动方差",
    "批量规范化": "批量归一化|批归一化|批标准化",
    "层规范化": "层归一化|层标准化",
    "暂退法": "丢弃法|随机失活",
    "权重衰减": "权重衰退",
    "汇聚": "池化",
    "隐状态": "隐藏状态|隐层状态",
    "小批量": "迷你批|批次",
    "图像增广": "数据增强|图像增强",
    "迭代周期": "世代|训练轮|轮次",
    "词元": "词符|令牌",
    "跳元模型": "跳字模型",
    "束搜索": "波束搜索|集束搜索",
    "掩码、掩蔽（softmax）、遮蔽（语言模型）": "遮罩|屏蔽|遮挡|遮盖",
    "步幅": "步长(?=.*卷积)",
    "互相关": "交叉相关",
    "锚框": "锚点框|先验框",
}


@pytest.mark.parametrize(("word", "others"), TERMS.items(), ids=TERMS)
def test_terms(word, others):
    """No text has one of the other words."""
    bracketed = re.compile(rf"{re.escape(word)}层?（(?:{others})层?）")
    found = [
        f"{path.relative_to(HERE.folder)}:{number}: {match[0]}"
        for folder in FOLDERS
        for path in sorted((HERE.folder / folder).rglob("*.*"))
        if path.suffix in (".py", ".yaml", ".html", ".js")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := re.search(others, bracketed.sub("", line)))
    ]
    assert found == [], f"say {word}"
