"""What the chapter's letters mean, and its terms in Chinese beside the English ones."""

from dataclasses import dataclass

from IPython.display import Markdown

from helpers.chapter.lessons import links
from helpers.language import say
from helpers.wording import table


@dataclass(frozen=True)
class Symbol:
    """A letter of the formulas.

    Attributes:
        letter: as Markdown.
        meaning: what it stands for in the lessons.
        chinese: the chapter's word for that; empty where it has none.
        care: what else the letter means in the chapter or in the lessons; empty where nothing.
    """

    letter: str
    meaning: str
    chinese: str = ""
    care: str = ""


@dataclass(frozen=True)
class Term:
    """A term, or several that belong together.

    Attributes:
        english: as the lessons say, separated by commas.
        chinese: as the chapter prints.
        usual: what Taiwan mostly says today, where that is another word.
        lesson: short name of a lesson that explains it.
    """

    english: str
    chinese: str
    usual: str
    lesson: str


# fmt: off
SYMBOLS = (
    Symbol("*l*", say("side of the image"), "圖像之長度或寬度"),
    Symbol("*f*", say("side of the filter"), "過濾器之長度或寬度",
           say("also the flattened vector, from 3.17 on")),
    Symbol("*p*", say("padding: zeros added on each edge"), "填補"),
    Symbol("*s*", say("stride"), "步幅", say("also the scores, in 3-1f and 3-2")),
    Symbol("*d*", say("side of the output"), "空間維度", say("also a gradient, in dC: see ∂L/∂X")),
    Symbol("*n*", say("side of a pooling block, which holds n² numbers"), "池化層維度"),
    Symbol("*k*", say("side of the filter in 3.2 to 3.5, as printed"), "核",
           say("also the side of a pooling block (3.6), the reach of a sum (3.8) and, with the channel as "
               "its index, a filter (3.12 to 3.14)")),
    Symbol("*i*, *j*", say("row and column of a number, from 1; Python counts from 0")),
    Symbol("*u*, *v*", say("row and column within a window, as offsets")),
    Symbol("*a*, *w*, *o*", say("input, weight and output of a convolution, in 3.2 to 3.5"),
           "投入、權重、輸出"),
    Symbol("*I*, *F*, *G*", say("image, filter and output, in 3.7 to 3.11"), "圖像、過濾器、輸出圖像"),
    Symbol("*F*{ }", say("flattening (3.17); its inverse goes back to a map"), "平坦化",
           say("F alone is a filter")),
    Symbol("*A*₁, *A*₂, *A*₃",
           say("a channel after filter and bias, before its ReLU; the book has no letter")),
    Symbol("*C*₁, *C*₂, *C*₃", say("a channel after its ReLU (3.12 to 3.14)"), "卷積層輸出"),
    Symbol("*C*", say("feature map, the sum of C₁, C₂ and C₃ (3.15)"), "特徵圖",
           say("also the number of channels, in shapes")),
    Symbol("*K*", say("number of filters, in shapes")),
    Symbol("*m*", say("number of channels in 3.30; with n, the place of a weight in 3.2 to 3.5")),
    Symbol("*P*", say("pooled map"), "池化層的輸出"),
    Symbol("*W*, *b*", say("weights and bias of an affine layer"), "權重、偏權值"),
    Symbol("*h*", say("hidden units"), "隱藏層", say("also the small step of a finite difference")),
    Symbol("*σ*", say("logistic function"), "", say("the chapter calls it logit, which is its inverse")),
    Symbol("*ŷ*, *y*", say("prediction and target"), "預測值、實際值"),
    Symbol("*L*", say("loss"), "損失函數"),
    Symbol("∂*L*/∂*X*", say("gradient of the loss with respect to X"), "偏微分、梯度",
           say("where a lesson quotes the book: ΔX or dX")),
    Symbol("*δ*",
           say("gradient of the loss at a sum before its activation: ∂L/∂o in 3.3 to 3.5, ∂L/∂s in 3.21"),
           "梯度值", say("section 3-3 prints it for other gradients, too")),
    Symbol("*J*", say("slopes of the softmax, one for each pair of probability and score")),
    Symbol("*η*", say("learning rate"), "學習率"),
)
# fmt: on

TERMS = (
    Term("convolutional network", "卷積神經網路", "", "3-1a"),
    Term("convolution layer", "卷積層", "", "3-1a"),
    Term("pooling", "池化層", "", "3-1a"),
    Term("affine layer, dense", "仿射層、全連結網路", "全連接層", "3-1a"),
    Term("input", "投入層", "輸入層", "3-1a"),
    Term("weight, bias", "權重、偏權值", "權重、偏差、偏置", "3-1a"),
    Term("parameters", "待估參數", "", "3-1a"),
    Term("activation", "活化函數", "", "3-1a"),
    Term("pixel, channel", "像素、通道", "", "3-1a"),
    Term("feature map", "特徵圖", "", "3-1a"),
    Term("filter, kernel", "過濾器、核", "濾波器、卷積核", "3-1b"),
    Term("mean, Gaussian, median", "平均數、高斯、中位數", "", "3-1b"),
    Term("noise", "雜訊、噪音", "", "3-1b"),
    Term("stride, padding", "步幅、填補", "", "3-1c"),
    Term("hyperparameter", "超參數", "", "3-1c"),
    Term("downsampling", "縮小", "下取樣", "3-1c"),
    Term("receptive field", "接受域", "感受野", "3-1d"),
    Term("robust", "穩健性", "", "3-1d"),
    Term("shared weights", "共享權重", "", "3-1e"),
    Term("cross-correlation", "交叉相關", "互相關", "3-1f"),
    Term("turned filter", "反轉", "", "3-1e"),
    Term("inner product", "內積", "", "3-1f"),
    Term("flatten", "平坦化", "攤平、展平", "3-1f"),
    Term("loss", "損失函數、成本函數", "", "3-1f"),
    Term("forward pass", "前傳遞", "前向傳播", "3-2"),
    Term("backpropagation", "倒傳遞", "反向傳播", "3-2"),
    Term("gradient", "梯度、偏微分", "", "3-2"),
    Term("learning rate, update", "學習率、參數更新", "", "3-2"),
    Term("hidden unit", "隱藏層、神經元", "", "3-3"),
    Term("training, test set, accuracy", "訓練集、測試集、正確率", "準確率", "3-5a"),
    Term("batch, epoch", "批次大小、訓練迭代次數", "批次、週期", "3-5a"),
    Term("overfitting", "過適化", "過度擬合", "3-5b"),
)


def symbols():
    """Show what each letter stands for, the chapter's word for it, and where it has a second meaning."""
    rows = [(one.letter, one.meaning, one.chinese, one.care) for one in SYMBOLS]
    return Markdown(table(say("| letter | stands for | in the book | take care |"), rows))


def terms():
    """Show the chapter's terms beside the English ones, each with a lesson that explains it."""
    heading = say("| in the lessons | in the book | usual in Taiwan today | explained in |")
    rows = [(one.english, one.chinese, one.usual, links([one.lesson])) for one in TERMS]
    return Markdown(table(heading, rows))
