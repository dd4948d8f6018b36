"""How parameters follow their gradients (section 3-2, equations 3.23, 3.25, 3.33 and 3.35)."""


def gradient_step(parameters, gradients, learning_rate):
    """Move every parameter a step against its gradient.

    Args:
        parameters: name -> array or number.
        gradients: name -> the loss's gradient, for each parameter at least.
        learning_rate: eta, above 0.

    Returns:
        A new dict, name -> w - eta dw.

    Raises:
        ValueError: the learning rate is not above 0, or a gradient is missing.

    Source: section 3-2, equations 3.23, 3.25, 3.33 and 3.35.

    >>> gradient_step({"w": 3.0}, {"w": 4.0}, learning_rate=0.5)
    {'w': 1.0}
    """
    if not learning_rate > 0:
        raise ValueError(f"A learning rate of {learning_rate} came; expected a number above 0, such as 0.1.")
    missing = ", ".join(sorted(set(parameters) - set(gradients)))
    if missing:
        raise ValueError(
            f"No gradient came for {missing}; expected one for every parameter. "
            "Hand over what the backward pass returned."
        )
    return {name: value - learning_rate * gradients[name] for name, value in parameters.items()}
