"""Has no time."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["HURRIED"]

HURRIED = Persona(
    name="hurried",
    greetings=("", "", "", "Hi.", "Hey."),
    talk=(
        "[I'm about to go into a meeting|My train leaves in a minute|I'm between two calls].",
        "I don't have much time.",
        "In a bit of a rush here.",
        "Quick one.",
    ),
    talkative=0.5,
    asks=(
        "[Can|Could] you quickly {request}?",
        "Please {request}.",
        "{Request}, quickly please.",
        "Can you {request}? Need it now.",
        "Just {request}, please.",
    ),
    wishes=(
        "Need to {wish}, and I'm short on time.",
        "I need to {wish}.",
        "I have to {wish} right away.",
        "I've got to {wish}.",
    ),
    questions=("{Question}?", "Quick question, {question}?", "Just tell me: {question}?"),
    pairs=(
        "Two quick things. {First}. Then {second}.",
        "Please {first}, and after that {second}.",
        "Quick, please: {first}. And then {second}.",
    ),
    next_asks=(
        "Great, next one: {request}.",
        "Thanks. Another one: {request}.",
        "OK, now please {request}.",
        "Good. Can you also {request}?",
        "One last thing, {request}.",
    ),
    next_wishes=("Thanks. I also need to {wish}.", "Good. Next I need to {wish}."),
    next_questions=("Great. {Question}?", "OK, and {question}?", "Last one: {question}?"),
    leads=("", "", "Sorry, forgot.", "Ah yes."),
    repeats=("Said that already:", "Again:"),
    agreements=(
        "Yes, go ahead.",
        "Yes, do it.",
        "Yes, please, go ahead.",
        "Yes, that's fine.",
        "Yes yes, go ahead.",
        "Sure, go.",
    ),
    puzzled=("I don't have that. Just use what I gave you.", "No idea, please just carry on."),
    closings=(
        "No, that's it. Got to run, thanks.",
        "That's all, thanks.",
        "Nope. Thanks, bye.",
        "All set, thank you.",
        "Perfect, bye.",
        "Great, that's all. Off I go.",
    ),
    sparing=0.25,
    forthcoming=0.2,
)
