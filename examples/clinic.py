"""From an API description to training dialogues in Python, without a run folder.

    python examples/clinic.py [FUNCTION_JSON ...]

Reads function JSON (by default the clinic beside this file), makes domains, tasks and dialogues of
it, keeps the right ones, and prints one dialogue with the change it made.
"""

import sys
from pathlib import Path

import agentscaler as a


def main(sources: list[str]) -> None:
    pool = a.load_corpus(sources)
    graph = a.build_graph(pool.tools)
    outcomes = a.build_domains(graph, pool.tools)
    domains = {outcome.domain.id: outcome.domain for outcome in outcomes if outcome.domain}
    print(f"{len(pool.tools)} tools, {len(domains)} domains")

    tasks = {
        outcome.domain: outcome.tasks
        for outcome in a.construct_tasks(domains.values(), a.TaskSettings(per_domain=10))
    }
    work = [(domains[name], tasks[name]) for name in domains]
    played = list(a.roll_out(work))
    judged = [(domain, todo, done) for (domain, todo), done in zip(work, played, strict=True)]
    verdicts = [verdict for group in a.run_funnel(judged) for verdict in group]
    kept = {verdict.trajectory for verdict in verdicts if verdict.kept}
    print(f"{sum(map(len, tasks.values()))} tasks, {len(kept)} dialogues kept")

    example = next(one for group in played for one in group if one.id in kept)
    for message in example.messages[1:]:
        for call in message.tool_calls:
            print(f"{message.role}: {call.name}({call.arguments})")
        if message.content:
            print(f"{message.role}: {message.content}")
    for change in example.changeset:
        print(f"changed: {change}")


if __name__ == "__main__":
    main(sys.argv[1:] or [str(Path(__file__).with_name("clinic.json"))])
