"""A small decoder of our own, trained from nothing on our dialogues, on one core or one GPU.

`train_tokenizer` makes a tokenizer of rendered dialogues, `train_small` a checkpoint of rendered
dialogues; a second phase starts from the checkpoint of the first.  The checkpoint is a folder that
transformers and this program's own player read.

torch and transformers (extra `train`) are imported when a training begins.
"""

from agentscaler.training.small.loop import TrainingResult, train_small
from agentscaler.training.small.sequences import Sequences, TokenSequence
from agentscaler.training.small.settings import SmallModelSettings, SmallTrainingSettings
from agentscaler.training.small.tokenizer import save_tokenizer, train_tokenizer

__all__ = [
    "Sequences",
    "SmallModelSettings",
    "SmallTrainingSettings",
    "TokenSequence",
    "TrainingResult",
    "save_tokenizer",
    "train_small",
    "train_tokenizer",
]
