"""A package of the shape of `bfcl-eval`, with two categories about a bakery, for tests.

It has what the bridge reaches for: entries, a registry of models, generation that keeps what the
model answered, and scoring that writes what was wrong.
"""

import os
import sys
import textwrap
from pathlib import Path

__all__ = ["install"]

MODULES = {
    "utils.py": """
        SIZES = {"simple_python": 4, "multi_turn_base": 2, "format_sensitivity": 1}

        def parse_test_category_argument(names):
            groups = {"all": list(SIZES)}
            found = [one for name in names for one in groups.get(name, [name])]
            if any(name not in SIZES for name in found):
                raise Exception(f"Invalid test category name provided: {found}")
            return sorted(found)

        def load_dataset_entry(category, include_prereq=True):
            return [
                {"id": f"{category}_{number}", "question": f"Bake {number} loaves."}
                for number in range(SIZES[category])
            ]
    """,
    "model_handler/api_inference/openai_completion.py": """
        import json
        import urllib.error
        import urllib.request

        class OpenAICompletionsHandler:
            def __init__(self, model_name, temperature, registry_name, is_fc_model):
                self.model_name, self.temperature = model_name, temperature
                self.client = self._build_client_kwargs()

            def generate_with_backoff(self, **request):
                asked = urllib.request.Request(
                    self.client["base_url"] + "/chat/completions",
                    json.dumps(request).encode(),
                    {"Content-Type": "application/json"},
                )
                try:
                    with urllib.request.urlopen(asked, timeout=20) as answer:
                        return json.load(answer)
                except (urllib.error.URLError, OSError) as error:
                    raise RuntimeError(str(error)) from error

            def write(self, result, result_dir, update_mode=False):
                category = result["id"].rpartition("_")[0]
                folder = result_dir / "contestant" / "group"
                folder.mkdir(parents=True, exist_ok=True)
                mode = "w" if update_mode else "a"
                with (folder / f"BFCL_v4_{category}_result.json").open(mode) as file:
                    file.write(json.dumps(result) + "\\\\n")
    """,
    "_llm_response_generation.py": """
        import json
        import os
        from pathlib import Path

        from bfcl_eval.constants.model_config import MODEL_CONFIG_MAPPING
        from bfcl_eval.utils import load_dataset_entry

        def sort_file_content_by_id(path):
            raise AssertionError("files are not written anew")

        def main(args):
            root = Path(os.environ["BFCL_PROJECT_ROOT"])
            config = MODEL_CONFIG_MAPPING[args.model[0]]
            handler = config.model_handler(
                model_name=config.model_name, temperature=args.temperature,
                registry_name=args.model[0], is_fc_model=config.is_fc_model,
            )
            wanted = json.loads((root / "test_case_ids_to_generate.json").read_text())
            for category, ids in wanted.items():
                file = root / "result" / "contestant" / "group" / f"BFCL_v4_{category}_result.json"
                known = file.read_text().splitlines() if file.exists() else []
                there = {json.loads(line)["id"] for line in known}
                for entry in load_dataset_entry(category):
                    if entry["id"] not in ids or entry["id"] in there:
                        continue
                    try:
                        answer = handler.generate_with_backoff(
                            model=handler.model_name, temperature=handler.temperature, store=False,
                            messages=[{"role": "user", "content": entry["question"]}],
                        )
                        result = answer["choices"][0]["message"]["content"]
                        made = {"id": entry["id"], "result": result, "input_token_count": 7}
                    except RuntimeError as error:
                        made = {
                            "id": entry["id"],
                            "result": f"Error during inference: {error}",
                            "traceback": f"Traceback\\\\nopenai.APIConnectionError: {error}",
                        }
                    handler.write(made, root / "result", update_mode=args.run_ids)
            sort_file_content_by_id(root)
    """,
    "eval_checker/eval_runner.py": """
        import json
        import os
        from pathlib import Path

        from bfcl_eval.constants.model_config import MODEL_CONFIG_MAPPING

        def main(models, categories, result_dir, score_dir, partial_eval=False):
            assert models[0] in MODEL_CONFIG_MAPPING and partial_eval
            root = Path(os.environ["BFCL_PROJECT_ROOT"])
            for file in sorted((root / "result").rglob("*_result.json")):
                category = file.name[8:-12]
                if category not in categories:
                    continue
                lines = [json.loads(line) for line in file.read_text().splitlines()]
                if not lines:
                    continue
                wrong = [
                    {"id": one["id"], "valid": False, "error": ["not baked"], "error_type": "raw"}
                    for one in lines
                    if f"{one['id'].rpartition('_')[2]} loaves baked" not in one["result"]
                ]
                header = {"correct_count": len(lines) - len(wrong), "total_count": len(lines)}
                target = root / "score" / "contestant" / "group"
                target.mkdir(parents=True, exist_ok=True)
                (target / f"BFCL_v4_{category}_score.json").write_text(
                    "".join(json.dumps(one) + "\\\\n" for one in [header, *wrong])
                )
    """,
}


def install(folder: Path) -> Path:
    """Writes the package, and an interpreter that knows it."""
    package = folder / "site" / "bfcl_eval"
    for name, source in MODULES.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).replace("\\\\n", "\\n"))
    (package / "constants").mkdir()
    for place in [package, *(path for path in package.rglob("*") if path.is_dir())]:
        (place / "__init__.py").touch()
    about = folder / "site" / "bfcl_eval-1.2.3.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: bfcl-eval\nVersion: 1.2.3\n")
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={folder / "site"} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    assert os.access(python, os.X_OK)
    return python
