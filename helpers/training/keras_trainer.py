"""The Keras side of a training: what `train` asks of a compiled model."""

import numpy as np


class KerasTrainer:
    """Trains a compiled Keras model.

    Args:
        model: such as `MNIST.keras_model()`; its own seed fixes its first weights and its dropout.

    Attributes:
        picture: shape (H, W, C) of a picture.
        classes: how many.
        packages: what computes.
    """

    packages = ("tensorflow", "keras", "numpy")

    def __init__(self, model):
        self._model = model
        self.picture = model.input_shape[1:]
        self.classes = model.output_shape[-1]
        model.optimizer.build(model.trainable_variables)

    def epoch(self, batches, count, batch_done):
        """Take a step for each batch.

        Args:
            batches: a generator of pictures (B, H, W, C) from 0 to 1 and one-hot labels (B, classes).
            count: how many there are.
            batch_done: called after each step with loss and accuracy of the epoch so far.

        Returns:
            A dict of loss and accuracy over the epoch.
        """
        from helpers.keras_backend import keras

        told = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: batch_done(logs))
        fitted = self._model.fit(batches, steps_per_epoch=count, shuffle=False, callbacks=[told], verbose=0)
        return {name: fitted.history[name][0] for name in ("accuracy", "loss")}

    def set_learning_rate(self, rate):
        """Take the steps from here on with this learning rate."""
        self._model.optimizer.learning_rate.assign(rate)

    def measure(self, x, target):
        """Return loss and accuracy on pictures (N, H, W, C) with one-hot labels (N, classes)."""
        return self._model.evaluate(x, target, verbose=0)

    def predict(self, x):
        """Return the probabilities (N, classes) of pictures."""
        return self._model.predict(x, verbose=0)

    def weights(self):
        """Return a copy of each weight, under layer and weight, such as "conv1/kernel".

        The moving means of a batch normalisation, and weights that are not trained, are among them.
        """
        return {
            f"{layer.name}/{variable.name}": variable.numpy()
            for layer in self._model.layers
            for variable in layer.weights
        }

    def state(self):
        """Return all that a training changes: weights, state of the dropout layers, optimizer.

        Keras's own files leave the dropout's state out, and a resumed training would drop other units.
        """
        return {name: np.asarray(variable) for name, variable in self._variables().items()}

    def restore(self, state):
        """Set all that a training changes; `state` is what `state` returned, for a model built alike."""
        for name, variable in self._variables().items():
            variable.assign(state[name])

    def _variables(self):
        # By number: Keras counts its names on from model to model.
        return {f"model-{i}": variable for i, variable in enumerate(self._model.variables)} | {
            f"optimizer-{i}": variable for i, variable in enumerate(self._model.optimizer.variables)
        }
