"""How a lesson is saved: without the views of widgets that end with their kernel."""

VIEW = "application/vnd.jupyter.widget-view+json"


def drop_views(model, **_):
    """Drop each widget's view that has a still picture beside it, before JupyterLab writes a lesson.

    JupyterLab prefers the view, and could only report an error once its kernel is gone.

    Args:
        model: what Jupyter Server's `pre_save_hook` gets; its "content" changes.
    """
    if model["type"] != "notebook":
        return
    for cell in model["content"]["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data.pop(VIEW, None)
