"""Runs BFCL's own generation and scoring, in the interpreter that has the package `bfcl-eval`.

    python bridge.py list|generate|score ORDER.json ANSWER.json

Nothing of this program is imported here.  The package knows models by a registry whose import needs
the libraries of thirty vendors; one entry takes its place, of the package's own handler for
OpenAI-compatible endpoints.  Prompts, tools, turns, decoding and scoring are the package's.
"""

import json
import os
import sys
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

CONTESTANT = "contestant"
"""What the package calls the model, whose own name may hold letters that the package rewrites."""
_REGISTRY = "bfcl_eval.constants.model_config"


def main() -> None:
    command, order, answer = sys.argv[1:]
    chosen = json.loads(Path(order).read_text(encoding="utf-8"))
    commands = {"list": list_entries, "generate": generate, "score": score}
    made = commands[command](chosen)
    Path(answer).write_text(json.dumps(made), encoding="utf-8")


def list_entries(chosen: dict[str, Any]) -> dict[str, Any]:
    """The version of the package, and the ids of every category that is asked for."""
    utils = import_module("bfcl_eval.utils")
    try:
        categories = utils.parse_test_category_argument(chosen["categories"])
    except Exception as error:  # the package raises nothing narrower
        return {"version": _version(), "unknown": str(error)}
    return {
        "version": _version(),
        "categories": {
            name: {
                "ids": [one["id"] for one in utils.load_dataset_entry(name, include_prereq=False)],
                "before": [
                    one["id"] for one in utils.load_dataset_entry(name) if "prereq" in one["id"]
                ],
            }
            for name in categories
        },
    }


def generate(chosen: dict[str, Any]) -> dict[str, Any]:
    """Has the package ask the model for every entry that has no result yet."""
    _register(chosen)
    ids = Path(os.environ["BFCL_PROJECT_ROOT"]) / "test_case_ids_to_generate.json"
    ids.write_text(json.dumps(chosen["ids"]), encoding="utf-8")
    generation: Any = import_module("bfcl_eval._llm_response_generation")
    # It would write files of results anew at the end, and a kill meanwhile would lose them all.
    generation.sort_file_content_by_id = lambda path: None
    generation.main(
        SimpleNamespace(
            model=[CONTESTANT],
            test_category=list(chosen["ids"]),
            temperature=chosen["temperature"],
            include_input_log=False,
            exclude_state_log=True,
            num_threads=chosen["threads"],
            result_dir=None,
            allow_overwrite=False,
            run_ids=True,
        )
    )
    return {"version": _version()}


def score(chosen: dict[str, Any]) -> dict[str, Any]:
    """Has the package score what results there are."""
    _register(chosen)
    runner = import_module("bfcl_eval.eval_checker.eval_runner")
    runner.main([CONTESTANT], chosen["categories"], None, None, partial_eval=True)
    return {"version": _version()}


def _version() -> str:
    return metadata.version("bfcl-eval")


def _register(chosen: dict[str, Any]) -> None:
    """Puts a registry with one model into the place of the package's."""
    registry: Any = ModuleType(_REGISTRY)
    registry.MODEL_CONFIG_MAPPING = {}
    sys.modules[_REGISTRY] = registry
    registry.MODEL_CONFIG_MAPPING[CONTESTANT] = SimpleNamespace(
        model_name=chosen["model"],
        display_name=chosen["model"],
        url="",
        org="",
        license="",
        model_handler=_handler(chosen),
        input_price=None,
        output_price=None,
        is_fc_model=chosen["native"],
        underscore_to_dot=chosen["native"],  # names of tools are sent without dots
    )


def _handler(chosen: dict[str, Any]) -> Any:
    """The package's handler of OpenAI-compatible endpoints, with the settings of the endpoint."""
    module = import_module("bfcl_eval.model_handler.api_inference.openai_completion")
    base: Any = module.OpenAICompletionsHandler

    class Handler(base):  # type: ignore[misc]  # its type is known in that interpreter only
        def _build_client_kwargs(self) -> dict[str, Any]:
            return {
                "base_url": chosen["base_url"],
                "api_key": os.environ.get(chosen["api_key_env"]) or "none",
                "timeout": chosen["request_seconds"],
                "max_retries": chosen["retries"],
            }

        def generate_with_backoff(self, **request: Any) -> Any:
            request.pop("store", None)  # OpenAI's alone; it changes no answer
            return super().generate_with_backoff(**request, **chosen["sampling"])

        def write(self, result: Any, result_dir: Path, update_mode: bool = False) -> None:
            super().write(result, result_dir, update_mode=False)  # a line more, nothing anew

    return Handler


if __name__ == "__main__":
    main()
