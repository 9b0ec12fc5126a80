"""The official scorer of ACEBench in a process of its own, on answers that come in as JSON lines.

    python judge.py HOME < requests > replies

HOME is a checkout of the authors' repository.  A request is {"category", "language", "items"} with
items {"prompt", "answer", "result"}, each a record as the files have them; a reply is what the
official function returns, {"accuracy", "process"}, or {"error": the exception's name}.  Only the
writing of files and spreadsheets is taken out of it.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any


def _official(home: Path) -> Any:
    """The official module, with stand-ins for the libraries of spreadsheets."""
    sys.path.insert(0, str(home))
    for name in ("pandas", "openpyxl", "openpyxl.styles"):
        module = types.ModuleType(name)
        # Attributes that a module type does not declare; nothing of them is called here.
        module.Workbook = module.Alignment = object  # type: ignore[attr-defined]
        sys.modules.setdefault(name, module)
    # Found in the checkout only, which the path leads to now.
    import eval_main  # type: ignore[import-not-found]

    eval_main.save_score_as_json = lambda *_: None
    eval_main.convert_result_to_excel = lambda *_: None
    eval_main.OUTPUT_PATH = "."
    return eval_main


def _judge(official: Any, request: dict[str, Any]) -> dict[str, Any]:
    category, items = request["category"], request["items"]
    lists = [[item[key] for item in items] for key in ("result", "prompt", "answer")]
    official.language = request["language"]
    process = None
    try:
        if "special" in category:
            accuracy = official.special_eval(*lists, category, "model", {})
        elif "agent" in category:
            accuracy, process = official.agent_eval(*lists, category, "model")
        elif "normal_multi_turn" in category:
            accuracy = official.normal_multi_turn_eval(*lists, category, "model", {})
        else:
            accuracy = official.normal_single_turn_eval(*lists, category, "model", {})
    except Exception as error:
        return {"error": type(error).__name__}
    return {"accuracy": accuracy, "process": process}


def _main() -> None:
    official = _official(Path(sys.argv[1]).resolve())
    replies = sys.stdout
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for language in ("en", "zh"):
            Path(f"score_all/score_{language}/model").mkdir(parents=True)
        for line in sys.stdin:
            with contextlib.redirect_stdout(io.StringIO()):
                reply = _judge(official, json.loads(line))
            replies.write(json.dumps(reply) + "\n")
        os.chdir("/")


if __name__ == "__main__":
    _main()
