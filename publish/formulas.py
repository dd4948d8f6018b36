r"""The formulas of the book's equations, as their pages show them.

Most stand by themselves in a lesson, with the number as their \tag. The others, of which lessons speak in a
line of text, stand here. Where the print differs from the mathematics there are two of them.
"""

import re

from helpers.language import say

_TAGGED = r"\$\$((?:(?!\$\$).)+?)\\tag\{([^}]*)\}\s*\$\$"
# As they are printed, with the book's Δ where they are not the gradient.
_PRINTED = {
    "3.21": r"\delta_i = (\hat y_i - y_i)\, \hat y_i (1 - \hat y_i)",
    "3.22": r"\frac{\partial L}{\partial W} = \delta f^{\mathsf T}",
    "3.23": r"W \leftarrow W - \eta\, \frac{\partial L}{\partial W}",
    "3.24": r"\frac{\partial L}{\partial b} = \delta",
    "3.25": r"b \leftarrow b - \eta\, \frac{\partial L}{\partial b}",
    "3.26": r"\frac{\partial L}{\partial P} = F^{-1}\left(\frac{\partial L}{\partial f}\right)",
    "3.27": r"\frac{\partial L}{\partial f} = W^{\mathsf T} \delta",
    "3.28": r"\frac{\partial L}{\partial C}(i, j) = \frac{1}{n^2}\, "
    r"\frac{\partial L}{\partial P}\left(\lceil i/n \rceil, \lceil j/n \rceil\right)",
    "3.29": r"C \leftarrow C - \eta\, \Delta C",
    "3.30": r"\Delta C_c = \frac{1}{m}\, \Delta C",
    "3.31": r"C_c \leftarrow C_c - \eta\, \Delta C_c",
    "3.32": r"\Delta k_c = \mathrm{rot180}(I_c) * \big(\Delta C_c\, C_c (1 - C_c)\big)",
    "3.33": r"k_c \leftarrow k_c - \eta\, \frac{\partial L}{\partial k_c}",
    "3.34": r"\Delta b_c = \sum_{i, j} \Delta C_c(i, j)\, C_c(i, j)\, \big(1 - C_c(i, j)\big)",
    "3.35": r"b_c \leftarrow b_c - \eta\, \frac{\partial L}{\partial b_c}",
}
_RIGHT = {
    "3.8": r"G[i, j] = \sum_{u, v} I[i + u,\, j + v]\; F[u, v]",
    "3.21": r"\delta_i = \sum_j J_{ij} (\hat y_j - y_j), \qquad J_{ij} = \begin{cases} "
    r"\hat y_i (1 - \hat y_i) & i = j \\ -\hat y_i\, \hat y_j & i \ne j \end{cases}",
    "3.30": r"\frac{\partial L}{\partial C_c} = \frac{\partial L}{\partial C}",
    "3.32": r"\frac{\partial L}{\partial k_c}(u, v) = "
    r"\sum_{i, j} \frac{\partial L}{\partial A_c}(i, j)\, I_c(i - u,\, j - v)",
    "3.34": r"\frac{\partial L}{\partial b_c} = \sum_{i, j} \frac{\partial L}{\partial A_c}(i, j)",
}


def formulas(number, cells):
    """List the formulas of an equation as pairs (label, LaTeX).

    Args:
        number: such as "3.28".
        cells: of the lesson that explains it.
    """
    tagged = {}
    for cell in cells:
        for formula, tag in re.findall(_TAGGED, cell.source, re.DOTALL):
            tagged |= dict.fromkeys(_numbers(tag), formula.strip())
    printed = tagged.get(number) or _PRINTED[number]
    right = tagged.get(f"{number}*") or _RIGHT.get(number)  # lessons star what they put right
    if right:
        return [
            (say("{number}, as printed", number=number), printed),
            (say("{number}, put right", number=number), right),
        ]
    further = [(tag, formula) for tag, formula in tagged.items() if tag.startswith(f"{number}, ")]
    return [(number, printed), *further]


def _numbers(tag):
    """List the numbers for which a tag stands, such as "3.12–3.14"."""
    first, run, last = tag.partition("–")
    if not run:
        return [tag]
    chapter, start = first.split(".")
    return [f"{chapter}.{number}" for number in range(int(start), int(last.split(".")[1]) + 1)]
