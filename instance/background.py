"""`up --detach`: the instance goes on in a process of its own, its answer comes back by a pipe."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import signal
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from core.errors import Refusal
from instance.logs import begin_anew_when_large, configuration
from instance.serving import NotReady, Say, Wanted, up
from settings import Settings

log = logging.getLogger("zhihui.instance")


def up_detached(settings: Settings, wanted: Wanted, say: Say) -> dict[str, Any]:
    """Leaves the instance running in the background; returns its answer when it is ready."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _in_the_background(settings, wanted, writing)
    os.close(writing)
    try:
        return _hear(reading, say)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
        raise


def _in_the_background(settings: Settings, wanted: Wanted, writing: int) -> NoReturn:
    os.setsid()
    with os.fdopen(writing, "w", buffering=1) as pipe:

        def tell(**message: Any) -> None:
            with suppress(BrokenPipeError, ValueError):
                pipe.write(json.dumps(message) + "\n")

        def report(answer: dict[str, Any]) -> None:
            tell(answer=answer)
            pipe.close()

        try:
            _point_output_to(settings.data / "logs" / "zhihui.log")
            logging.config.dictConfig(configuration(settings.log_format))
            up(settings, wanted, lambda line: tell(say=line), report)
        except Refusal as refusal:
            tell(refusal=[type(refusal).__module__, type(refusal).__name__, refusal.params])
        except BaseException as error:
            log.exception("could not go on")
            tell(fault=f"{type(error).__name__}: {error}")
    os._exit(0)


def _point_output_to(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    begin_anew_when_large(file)
    output = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


def _hear(reading: int, say: Say) -> dict[str, Any]:
    with os.fdopen(reading) as pipe:
        for line in pipe:
            message = json.loads(line)
            if "answer" in message:
                answer: dict[str, Any] = message["answer"]
                return answer
            if "refusal" in message:
                module, name, params = message["refusal"]
                raise getattr(import_module(module), name)(**params)
            if "fault" in message:
                raise NotReady(message["fault"])
            say(message["say"])
    raise NotReady("the background process ended without a word")
