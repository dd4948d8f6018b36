"""The training of the chapter's models (section 3-5), in Keras or in NumPy, and its progress.

Importing this room does not import TensorFlow; whoever makes a Keras model does.
"""

from helpers.training.keras_trainer import KerasTrainer
from helpers.training.numpy_trainer import NumpyTrainer
from helpers.training.progress import NotebookProgress, TerminalProgress
from helpers.training.switch import TrainingSwitch
from helpers.training.train import train
