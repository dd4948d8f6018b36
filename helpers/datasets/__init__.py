"""Where pictures come from: a folder of yours, Keras's cache or download, data/, our drawings.

Importing this room does not import TensorFlow; only a download does.
"""

from helpers.datasets.augmentation import mirror, shift
from helpers.datasets.cifar10 import load_cifar10, load_cifar10_photographs
from helpers.datasets.dataset import Dataset, DatasetError, hold_out, prepared
from helpers.datasets.machine import this_machine
from helpers.datasets.mnist import load_mnist, without_bundled_digits
from helpers.datasets.photographs import PHOTOGRAPHS, load_photograph
