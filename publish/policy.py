"""What pages may load and run: only what lies beside them. Each page says so, and `make serve`, too."""

import base64
import hashlib
from pathlib import Path

_HELPERS = Path(__file__).resolve().parents[1] / "helpers"


def content_policy(*scripts):
    """Return a Content-Security-Policy.

    Two things are as wide as this because of others. Anywidget imports a widget's JavaScript, which Python
    hands it as text, from a blob. And pictures, as formulas, carry style attributes. Style elements are only
    those that helpers bring, known by their sums.

    Args:
        scripts: what else script-src allows.
    """
    styles = [path.read_bytes() for path in sorted(_HELPERS.rglob("*.css"))]
    # Each view of a widget comes with a style element in which nothing stands.
    sums = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in [b"", *styles]]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self' blob:", *scripts]),
            "style-src-elem 'self' " + " ".join(f"'sha256-{one}'" for one in sums),
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def header_policy():
    """Return the policy as a server sends it: live/worker.js, too, which compiles WebAssembly, is under it.

    A page adds its own to this one, and compiles none.
    """
    return content_policy("'wasm-unsafe-eval'")
