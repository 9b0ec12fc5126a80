"""Training examples as models see them: text, tokens, and the loss mask, proven token by token.

`render(example, template, tokenizer)` gives `Rendered(text, ids, mask, ...)`.  A template comes
from `load_template`, a tokenizer from `load_tokenizer`; `accept_template` says whether the two may
be trained with, and raises `TemplateRefusedError` with the reason if not.  `measure_lengths` counts
what a maximal length would cut, `pack_examples` and `collate_packs` make batches in which no
dialogue sees another.

Rendering needs jinja2, tokenizer files the package tokenizers (extra `templates`); batches need
torch and data sets the package datasets (extra `train`).  All are imported when they are used.
"""

from agentscaler.training.acceptance import accept_template, check_example
from agentscaler.training.checkpoint import (
    CheckpointRecord,
    PhaseRecord,
    digest_checkpoint,
    load_record,
    save_record,
    template_of,
)
from agentscaler.training.conversation import defuse
from agentscaler.training.derivation import derive_mask
from agentscaler.training.lengths import LengthReport, cut_examples, measure_lengths
from agentscaler.training.packing import Pack, collate_packs, pack_examples
from agentscaler.training.phase import PhasePlan, plan_phase
from agentscaler.training.recipe import PHASES, Phase, Recipe, load_recipe, recipe_names
from agentscaler.training.refusal import Refusal, TemplateRefusedError
from agentscaler.training.rendering import NOT_LEARNED, Rendered, Segment, Turn, render
from agentscaler.training.rows import example_of_row, examples_dataset, rendered_dataset
from agentscaler.training.selection import DataSelection, LeftOut, Selected, select_examples
from agentscaler.training.sft import PhaseRows, train_phase
from agentscaler.training.template import ChatTemplate, load_template, template_names
from agentscaler.training.tokenizer import (
    ByteTokenizer,
    Encoding,
    FileTokenizer,
    Tokenizer,
    load_tokenizer,
)

__all__ = [
    "NOT_LEARNED",
    "PHASES",
    "ByteTokenizer",
    "ChatTemplate",
    "CheckpointRecord",
    "DataSelection",
    "Encoding",
    "FileTokenizer",
    "LeftOut",
    "LengthReport",
    "Pack",
    "Phase",
    "PhasePlan",
    "PhaseRecord",
    "PhaseRows",
    "Recipe",
    "Refusal",
    "Rendered",
    "Segment",
    "Selected",
    "TemplateRefusedError",
    "Tokenizer",
    "Turn",
    "accept_template",
    "check_example",
    "collate_packs",
    "cut_examples",
    "defuse",
    "derive_mask",
    "digest_checkpoint",
    "example_of_row",
    "examples_dataset",
    "load_recipe",
    "load_record",
    "load_template",
    "load_tokenizer",
    "measure_lengths",
    "pack_examples",
    "plan_phase",
    "recipe_names",
    "render",
    "rendered_dataset",
    "save_record",
    "select_examples",
    "template_names",
    "template_of",
    "train_phase",
]
