"""Firefox, driven in WebDriver BiDi, which it speaks itself: no program stands between it and a test."""

import itertools
import json
import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager

import websocket

NO_FIREFOX = (
    "No Firefox, so no page was opened in it. Install one (Debian: apt install firefox-esr), "
    "or name its program: FIREFOX=/path/to/firefox"
)
PATIENCE = 60  # seconds: a machine may be busy
CONTROL, ENTER, LEFT, RIGHT = "\ue009", "\ue007", "\ue012", "\ue014"  # keys, as WebDriver names them
# What is asked for outside of this machine goes to a port on which nobody listens.
_SETTINGS = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}
# Tells whether an element is there and can be seen; brings it into sight.
_SEEN = """(selector) => {
  const one = document.querySelector(selector);
  if (!one?.checkVisibility()) return false;
  one.scrollIntoView({ block: "center", behavior: "instant" });
  return true;
}"""


def find_firefox():
    """Return the path of the browser that FIREFOX names, or of one with a usual name; None without one."""
    return os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")


@contextmanager
def started(program, profile):
    """Start Firefox with an empty folder as its profile, and return its one tab."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _SETTINGS.items()]
    (profile / "user.js").write_text("\n".join(lines), "utf-8")
    command = [program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"]
    with (profile / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            ready = re.compile(r"WebDriver BiDi listening on (\S+)\n")
            (address,) = wait("sign of Firefox", lambda: ready.findall((profile / "log").read_text()))
            yield Tab(f"{address}/session")
        finally:
            process.terminate()


def wait(what, look):
    """Wait until a function returns something, and return it; else say what has not come."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, f"after {PATIENCE} seconds there is no {what}"
        time.sleep(0.02)
    return found


class Tab:
    """The tab of a Firefox; keeps what was `asked` for and the `complaints` of its console."""

    def __init__(self, address):
        self.asked, self.complaints = [], []
        self._numbers = itertools.count()
        self._socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context = {"context": self.send("browsingContext.getTree")["contexts"][0]["context"]}

    def send(self, method, **params):
        """Send a command, and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (message := json.loads(self._socket.recv())).get("id") != number:
            self._hear(message.get("method"), message.get("params"))
        assert message["type"] == "success", message
        return message["result"]

    def _hear(self, event, params):
        if event == "network.beforeRequestSent":
            self.asked.append(params["request"]["url"])
        elif event == "log.entryAdded" and params["level"] == "error":
            self.complaints.append(params["text"])

    def open(self, url):
        self.send("browsingContext.navigate", **self._context, url=url, wait="complete")

    def evaluate(self, function, *arguments):
        """Call a function of JavaScript in the page, wait for what it returns, and return that."""
        values = ", ".join(map(json.dumps, arguments))
        source = f"(async () => JSON.stringify((await ({function})({values})) ?? null))()"
        answer = self.send("script.evaluate", target=self._context, expression=source, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def text(self, selector):
        """Return the text of an element; nothing where it is missing."""
        return self.evaluate("(one) => document.querySelector(one)?.textContent", selector)

    def find(self, selector):
        """Wait for an element that can be seen, bring it into sight, and return it as BiDi names it."""
        wait(selector, lambda: self.evaluate(_SEEN, selector))
        locator = {"type": "css", "value": selector}
        return self.send("browsingContext.locateNodes", **self._context, locator=locator)["nodes"][0]

    def click(self, selector):
        middle = {"type": "element", "element": {"sharedId": self.find(selector)["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": middle}
        self._act("pointer", move, *_press("pointer", button=0))

    def type(self, text):
        """Press keys one after the other."""
        self._act("key", *(step for key in text for step in _press("key", value=key)))

    def select_all(self):
        down, up = _press("key", value=CONTROL)
        self._act("key", down, *_press("key", value="a"), up)

    def _act(self, kind, *steps):
        source = {"type": kind, "id": kind, "actions": steps}
        self.send("input.performActions", **self._context, actions=[source])


def _press(kind, **what):
    return [{"type": f"{kind}{way}", **what} for way in ("Down", "Up")]
