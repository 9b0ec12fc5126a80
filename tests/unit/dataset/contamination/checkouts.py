"""Small checkouts laid out as the benchmarks' are, about a parcel service of our own."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

POLICY = (
    "A parcel that has left the depot can only be sent back when the receiver signs for it and "
    "the courier confirms the weight on the same day."
)
REQUEST = (
    "You are Ana Berg and you want your parcel W4821390 to be brought to the locker beside the old "
    "station before noon, because you leave town for three weeks."
)
DESCRIPTION = (
    "Send a parcel to another address while it is on its way, for a fee that depends on how far "
    "the new address is from the old one."
)

TAU2_TOOLS = '''
"""Tools."""
raise SystemExit("a benchmark's code is never run")


class ParcelTools(ToolKitBase):
    def _helper(self, parcel_id: str) -> None: ...

    @is_tool(ToolType.WRITE)
    def redirect_parcel(
        self, parcel_id: str, street: str, zip_code: Optional[str] = None, codes: List[int] = ()
    ) -> Parcel:
        """Send a parcel to another address while it is on its way, for a fee that depends on how
        far the new address is from the old one.

        Args:
            parcel_id: its id.
        """

    @is_discoverable_tool(ToolType.READ)
    async def weigh(self, parcel: Parcel, exactly: "bool" = False, unit: str | None = None): ...
'''

TAU_TOOL = """
class RedirectParcel(Tool):
    @staticmethod
    def get_info():
        return {
            "type": "function",
            "function": {
                "name": "redirect_parcel",
                "description": ("Send a parcel to another address " "while it is on its way."),
                "parameters": {
                    "type": "object",
                    "properties": {"parcel_id": {"type": "string"}, "street": {"type": "string"}},
                },
            },
        }


class Odd(Tool):
    @staticmethod
    def get_info():
        return build_info()
"""


def function(name: str, properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties}
    return {"name": name, "description": description, "parameters": parameters}


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def lines(records: Iterable[Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def tau2(root: Path) -> Path:
    source, data = root / "src" / "tau2" / "domains", root / "data" / "tau2" / "domains"
    write(source / "parcels" / "tools.py", TAU2_TOOLS)
    write(source / "parcels" / "user_tools.py", "@is_tool(A.B)\ndef ring_bell(self): ...\n")
    write(source / "parcels" / "broken.py", "def :\n")
    write(data / "parcels" / "policy.md", f"# Parcels\n\nGeneral.\n- {POLICY}\n- Be kind.\n")
    task = {
        "id": "7",
        "user_scenario": {"instructions": {"reason_for_call": REQUEST, "domain": "parcels"}},
        "evaluation_criteria": {
            "actions": [{"name": "redirect_parcel", "arguments": {"code": "K7Q2MX"}}]
        },
    }
    write(data / "parcels" / "tasks.json", json.dumps([task]))
    write(data / "parcels" / "tasks_voice.json", json.dumps([{"id": "8", "ticket": "spoken " * 9}]))
    write(data / "parcels" / "db.json", json.dumps({"parcels": {"W7731904": {"sender": "x"}}}))
    write(data / "lockers" / "db.toml", '[[keys]]\nkey = "9034417256"\n')
    write(data / "lockers" / "documents" / "a.json", json.dumps({"title": "t", "content": POLICY}))
    return root


def tau_bench(root: Path) -> Path:
    parcels = root / "tau_bench" / "envs" / "parcels"
    write(parcels / "tools" / "redirect_parcel.py", TAU_TOOL)
    write(parcels / "wiki.md", POLICY)
    write(parcels / "rules.py", f"RULES = [{POLICY!r}]\n")
    write(
        parcels / "tasks_test.py",
        f'TASKS = [Task(user_id="ana_berg_5172", instruction={REQUEST!r})]\n',
    )
    write(parcels / "tasks.py", f'tasks = [{{"instruction": {REQUEST!r}, "n": 1}}]\n')
    write(parcels / "data" / "users.json", json.dumps({"bo_lund_8264": {"zip": "12345"}}))
    return root


def acebench(root: Path) -> Path:
    weigh = function("weighParcel", {"parcelId": {"type": "string"}}, DESCRIPTION)
    record = {"id": "normal_preference_0", "question": f"user: {REQUEST}\n", "function": [weigh]}
    data = root / "data_all" / "data_en"
    write(data / "data_normal_preference.json", lines([record]))
    agent = {"id": "agent_multi_step_0", "question": "Go.", "function": [function("ring_bell", {})]}
    write(data / "data_agent_multi_step.json", lines([agent]))
    truth = {"id": "normal_preference_0", "ground_truth": {"weighParcel": {"parcelId": "K7Q2MX"}}}
    write(
        root / "data_all" / "data_en" / "possible_answer" / "data_normal_preference.json",
        lines([truth]),
    )
    return root


def bfcl(root: Path) -> Path:
    weigh = function("parcel.weigh", {"parcel_id": {"type": "str"}}, DESCRIPTION)
    turns = [[{"role": "user", "content": REQUEST}], [{"role": "user", "content": "Thanks."}]]
    record = {"id": "simple_python_0", "question": turns, "function": [weigh]}
    write(root / "BFCL_v4_simple_python.json", lines([record]))
    write(root / "multi_turn_func_doc" / "bells.json", lines([function("ring_bell", {})]))
    write(root / "unused_datasets" / "old.json", lines([function("never_read", {})]))
    return root
