"""`Dialogue`: what an experiment knows of one dialogue that it may train on or try again."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Dialogue"]


class Dialogue(BaseModel):
    """One dialogue of a run, rendered; its tokens lie in a `TokenStore` at the same place.

    Attributes:
        id: of the trajectory; with a fault planted, that and the fault's kind.
        source: which of an experiment's runs it is from: "general" or "vertical".
        service, family: of its domain (see `experiment.selection`).
        kind: of its task: "read", "write" or "special".
        role: "train"; "unseen", a task set aside in a domain that is trained on; or "held_out".
        calls: gold calls of its task.
        tokens, learned: of the rendered dialogue, and those that the loss is taken on.
        fault: the kind of the fault planted in it; "" for none.
        kept_by: the funnels that let it pass, where more than the whole one were asked.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    task: str
    domain: str
    source: str = "general"
    service: str
    family: str = ""
    kind: str
    role: str
    calls: int
    tokens: int
    learned: int
    fault: str = ""
    kept_by: tuple[str, ...] = ()
