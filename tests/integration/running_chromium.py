"""A real Chromium without a window, spoken to over a pipe in its own debugging protocol."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["Chromium", "Opened", "running_chromium"]

_SECONDS = 30


@dataclass(slots=True)
class Opened:
    """A page as it was opened. ``complaints`` is what it wrote to its console, and what it asked of anybody but files."""

    text: str
    width: int
    complaints: list[str]
    screenshot: bytes


@dataclass(slots=True)
class Chromium:
    """One browser, with one page at a time."""

    to: int
    back: int
    number: int = 0
    buffer: bytes = b""
    events: list[dict[str, Any]] = field(default_factory=list)

    def open(
        self, file: Path, width: int, scheme: Literal["light", "dark"], script: str = "", seen: tuple[int, int] | None = None,
        read: str = "document.body.innerText",
    ) -> Opened:
        """Open a page ``width`` pixels wide; ``script`` is run in it before it is looked at, ``read`` gives the text that is wanted.

        ``seen``: from where on, and how many pixels of its height are on the screenshot; None: all of it.
        """
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.events.clear()
        for name in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{name}.enable", {}, session)
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", metrics, session)
        self._call("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}, session)
        self._call("Page.navigate", {"url": file.resolve().as_uri()}, session)
        self._wait_for("Page.loadEventFired")
        if script:
            self._evaluate(script, session)
        text = self._evaluate(read, session)
        wide = self._evaluate("document.documentElement.scrollWidth", session)
        height = self._evaluate("document.documentElement.scrollHeight", session)
        top, tall = seen or (0, height)
        clip = {"x": 0, "y": top, "width": width, "height": min(tall, height - top), "scale": 1}
        shot = self._call("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip}, session)["data"]
        complaints = [complaint for event in self.events if (complaint := _complaint(event))]
        self._call("Target.closeTarget", {"targetId": target})
        return Opened(text, wide, complaints, base64.b64decode(shot))

    def _evaluate(self, expression: str, session: str) -> Any:
        answer = self._call("Runtime.evaluate", {"expression": expression, "returnByValue": True}, session)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _call(self, method: str, params: dict[str, Any], session: str = "") -> dict[str, Any]:
        self.number += 1
        message = {"id": self.number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self.to, json.dumps(message).encode() + b"\0")
        number = self.number
        while True:
            answer = self._read()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _wait_for(self, method: str) -> None:
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._read())

    def _read(self) -> dict[str, Any]:
        end = time.monotonic() + _SECONDS
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.back], [], [], max(0.0, end - time.monotonic()))
            assert ready, "Chromium does not answer"
            found = os.read(self.back, 1 << 20)
            assert found, "Chromium has ended"
            self.buffer += found
        message, _, self.buffer = self.buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


def _complaint(event: dict[str, Any]) -> str:
    params = event.get("params", {})
    match event.get("method"):
        case "Runtime.consoleAPICalled":
            return "console: " + " ".join(str(each.get("value")) for each in params["args"])
        case "Runtime.exceptionThrown":
            return f"exception: {params['exceptionDetails'].get('text')}"
        case "Log.entryAdded":
            return f"log: {params['entry']['text']}"
        case "Network.requestWillBeSent" if not params["request"]["url"].startswith(("file:", "data:")):
            return f"request: {params['request']['url']}"
    return ""


@contextlib.contextmanager
def running_chromium(folder: Path) -> Iterator[Chromium]:
    """The browser runs as long as the block; its profile is in ``folder``."""
    program = shutil.which("chromium")
    assert program is not None, "chromium is not installed; run make setup"
    theirs_in, to = os.pipe()
    back, theirs_out = os.pipe()

    def pipes() -> None:
        # The protocol is spoken on descriptors 3 and 4.
        os.dup2(os.dup(theirs_in), 3)
        os.dup2(os.dup(theirs_out), 4)

    process = subprocess.Popen(
        [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=en",
         f"--user-data-dir={folder / 'profile'}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(folder / "chromium.log").open("wb"), preexec_fn=pipes,
        close_fds=False, env={**os.environ, "TZ": "UTC"},
    )  # fmt: skip
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Chromium(to, back)
    finally:
        os.close(to)
        os.close(back)
        process.terminate()
        process.wait(_SECONDS)
