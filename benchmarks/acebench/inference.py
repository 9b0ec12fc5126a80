"""The official inference of ACEBench, item by item, on an endpoint that is given.

    python inference.py HOME LANGUAGE BASE_URL < questions > results

Questions are lines of the data, results are {"id", "result", "process"} or {"id", "error"}.  Needs
openai, python-dotenv, tqdm and wcwidth.  Everything runs as in the authors' repository, but for two
things: the tables of dialogues that it writes go to a folder that is thrown away, and multi-step
agents are given the prompts of the language, as the official inference of local models does; that
of models behind an endpoint gives them the Chinese ones always.
"""

import contextlib
import functools
import io
import json
import os
import sys
import tempfile
from pathlib import Path


def _main() -> None:
    home, language, url = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    for name in ("GPT", "GPT_AGENT"):
        os.environ[f"{name}_API_KEY"] = "none"
        os.environ[f"{name}_BASE_URL"] = url
    sys.path.insert(0, str(home))
    from model_inference import apimodel_inference
    from model_inference.apimodel_inference import APIModelInference

    stepping = apimodel_inference.APIAgent_step
    apimodel_inference.APIAgent_step = functools.partial(stepping, language=language)

    results = sys.stdout
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for number, line in enumerate(sys.stdin):
            item = json.loads(line)
            quiet = io.StringIO()
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                model = f"gpt-agent-{number}"  # the official instances live on under this name
                player = APIModelInference(model, None, 0.001, 1, 1000, 40, "gpt-user", language)
                asked = [item["question"], item["function"], item.get("time", "")]
                asked += [item.get("profile", ""), item, item["id"]]
                try:
                    got = player.inference(*asked)
                except Exception as error:
                    record = {"id": item["id"], "error": f"{type(error).__name__}: {error}"}
                else:
                    record = {"id": item["id"], "result": got}
                    if "agent" in item["id"]:
                        record = {"id": item["id"], "result": got[0], "process": got[1]}
            results.write(json.dumps(record, default=str) + "\n")
        os.chdir("/")


if __name__ == "__main__":
    _main()
