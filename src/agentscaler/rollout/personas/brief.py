"""As few words as will do."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["BRIEF"]

BRIEF = Persona(
    name="brief",
    greetings=("", "", "", "", "Hi.", "Hey."),
    talk=("Request for you.", "Need something done."),
    talkative=0.04,
    asks=("{Request}.", "{Request}, please.", "Please {request}.", "{Request}.", "Pls {request}."),
    wishes=(
        "Need to {wish}.",
        "I want to {wish}.",
        "I need to {wish}.",
        "Have to {wish}.",
        "Want to {wish}.",
    ),
    questions=("{Question}?", "{Question}?", "Question: {question}?"),
    pairs=(
        "{First}. Then {second}.",
        "Two things. {First}. And {second}.",
        "Please {first}. Afterwards {second}.",
        "{First}, then {second}.",
        "1) {first} 2) {second}.",
    ),
    next_asks=("Next, {request}.", "Also, {request}.", "Now {request}.", "OK. And {request}."),
    next_wishes=("I also need to {wish}.", "OK. Now I want to {wish}.", "Also need to {wish}."),
    next_questions=("And {question}?", "{Question}?", "OK. {Question}?", "Also, {question}?"),
    leads=("", "", "", "Right."),
    repeats=("Told you:", "Again:", "As said:"),
    agreements=(
        "Yes.",
        "Yes, go ahead.",
        "Go ahead.",
        "Yes, do that.",
        "Yes, please.",
        "Yep.",
        "Ok, do it.",
        "Sure.",
        "Correct.",
    ),
    puzzled=("I don't know.", "No idea, sorry."),
    closings=(
        "No, that's it.",
        "That's all.",
        "No. Thanks.",
        "All good, thanks.",
        "Nope, done.",
        "That's it.",
        "Thanks.",
        "Done, thanks.",
    ),
    sparing=0.3,
    forthcoming=0.1,
)
