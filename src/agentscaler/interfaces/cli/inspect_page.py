"""A page on one example: its rendering and, side by side with it, its tokens and their mask.

One HTML file that needs nothing else: no script, no font, no picture from anywhere.
"""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentscaler.dataset import Example
    from agentscaler.training import Rendered, Segment

__all__ = ["mask_page"]

_OPEN_UP_TO = 400
"""Tokens; a longer stretch of context is folded up."""

_BEGINNING = 60
"""Characters of it that are seen all the same."""

_STYLE = """
:root { color-scheme: light dark; --learned: #1a7f37; --learned-bg: #1a7f3722; --own: #9a6700;
  --own-bg: #bf870022; --line: #8884; --faint: #7f7f7f; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 100rem;
  padding: 0 1rem; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
td, th { border-top: 1px solid var(--line); padding: .5rem; text-align: left; vertical-align: top; }
th:first-child, td:first-child { width: 9rem; font-size: .85rem; }
pre, .tokens { font: 13px/1.6 ui-monospace, monospace; margin: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.learned pre { background: var(--learned-bg); }
.unlearned pre { background: var(--own-bg); }
.learned td:first-child, .legend .l { color: var(--learned); font-weight: 600; }
.unlearned td:first-child, .legend .u { color: var(--own); font-weight: 600; }
.context td:first-child, .legend .c { color: var(--faint); }
.tokens i { font-style: normal; border-bottom: 2px solid var(--line); margin-right: 1px; }
.tokens i.l { border-color: var(--learned); background: var(--learned-bg); }
summary { cursor: pointer; color: var(--faint); }
.facts td { border: 0; padding: .1rem .5rem; }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{facts}</p>
<p class="legend"><span class="l">Learned</span>: the loss is taken on it.
<span class="u">Not learned</span>: the agent's own, but a mistake.
<span class="c">Context</span>: seen, never learned. A token is underlined; rest the pointer on it
for its id.</p>
<table>
<thead><tr><th>{unit}</th><th>Rendering</th><th>Tokens and mask</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def mask_page(example: "Example", rendered: "Rendered", template: str, unit: str) -> str:
    """The page, as HTML.

    Args:
        template: its name.
        unit: what a token is, in the plural.
    """
    total, learned = len(rendered.ids), rendered.learned
    facts = (
        f"Template {template}. {total:,} {unit}, {learned:,} of them learned "
        f"({learned / max(1, total):.1%}). {len(example.messages)} messages, {len(rendered.turns)} "
        f"turns of the agent, {sum(turn.learned for turn in rendered.turns)} of them learned; "
        f"{len(example.tools)} tools; domain {example.domain}, {example.split} split."
    )
    return _PAGE.format(
        title=escape(f"Example {rendered.id}"),
        style=_STYLE,
        facts=escape(facts),
        unit=escape(unit.capitalize()),
        rows="\n".join(_row(rendered, segment) for segment in rendered.segments()),
    )


def _row(rendered: "Rendered", segment: "Segment") -> str:
    size = segment.last - segment.first
    learned = sum(rendered.mask[segment.first : segment.last])
    text = escape(rendered.text[segment.begin : segment.end])
    tokens = f'<div class="tokens">{"".join(_tokens(rendered, segment))}</div>'
    text = f"<pre>\n{text}</pre>"  # a browser passes over the first line break
    if segment.turn is None:
        kind, told = "context", f"context<br>{size:,}"
        if size > _OPEN_UP_TO:
            beginning = escape(" ".join(rendered.text[segment.begin :][:_BEGINNING].split()))
            tokens = f"<details><summary>{beginning} ...</summary>{tokens}</details>"
            text = f"<details><summary>{beginning} ...</summary>{text}</details>"
    else:
        kind = "learned" if segment.turn.learned else "unlearned"
        word = "learned" if segment.turn.learned else "not learned"
        told = f"message {segment.turn.message + 1}<br>{word}<br>{learned:,} of {size:,}"
    return f'<tr class="{kind}"><td>{told}</td><td>{text}</td><td>{tokens}</td></tr>'


def _tokens(rendered: "Rendered", segment: "Segment") -> Iterator[str]:
    """Each token; of several that share a character the first shows it."""
    reached = segment.begin
    for number in range(segment.first, segment.last):
        begin, end = rendered.spans[number]
        shown = escape(rendered.text[max(begin, reached) : end]).replace("\n", "↵\n") or "·"
        reached = max(reached, end)
        mark = ' class="l"' if rendered.mask[number] else ""
        yield f'<i{mark} title="{rendered.ids[number]}">{shown}</i>'
