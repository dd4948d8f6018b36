"""Judges of the reference and of its explorers: TensorFlow and Keras, and learning one step at a time."""

import numpy as np

from helpers.reference.optimizers import gradient_step
from helpers.reference.worked_example import (
    ALL_PARAMETERS,
    chapter_gradients,
    worked_example_backward,
    worked_example_forward,
)


def tensorflow():
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    return tf


def tail_by_tensorflow(C, parameters, target, pool_size):
    tf = tensorflow()
    P = tf.nn.avg_pool2d(C[tf.newaxis, :, :, tf.newaxis], pool_size, pool_size, "VALID")[0, :, :, 0]
    f = tf.concat([P[:, j] for j in range(P.shape[1])], axis=0)
    scores = tf.linalg.matvec(tf.constant(parameters["weights"], tf.float64), f) + parameters["bias"]
    prediction = tf.nn.softmax(scores)
    loss = tf.reduce_sum((prediction - target) ** 2) / 2
    return {"pooled": P, "flattened": f, "scores": scores, "prediction": prediction, "loss": loss}


def framework_by_keras(image, parameters):
    """Let a Keras convolution layer with one filter, one bias and a ReLU make the feature map."""
    from helpers.keras_backend import keras

    flipped = parameters["filters"][::-1, ::-1, :, np.newaxis]
    layer = keras.layers.Conv2D(1, flipped.shape[:2], activation="relu", dtype="float64")
    batch = image[np.newaxis].astype(np.float64)
    layer.build(batch.shape)
    layer.set_weights([flipped, parameters["filter_biases"].sum(keepdims=True)])
    return layer(batch).numpy()[0, :, :, 0]


def learn_step_by_step(image, parameters, target, learning_rate, steps, rule, learning=ALL_PARAMETERS):
    """Do what the worked example's `learn` does by its whole forward and backward passes."""
    gradients = {"gradient": worked_example_backward, "chapter": chapter_gradients}[rule]
    path = [dict(parameters)]
    for _ in range(steps):
        here = path[-1]
        slopes = gradients(image, here, target)
        moved = gradient_step({name: here[name] for name in learning}, slopes, learning_rate)
        path.append({**here, **moved})
    predictions = [worked_example_forward(image, here, target)["prediction"][0] for here in path]
    return path, np.array(predictions)
