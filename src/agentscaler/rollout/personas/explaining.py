"""Says why it asks."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["EXPLAINING"]

EXPLAINING = Persona(
    name="explaining",
    greetings=("Hello.", "Hi.", "Good morning.", "", ""),
    talk=(
        "We're [reviewing|tidying up] our records this week, so I'm checking a few things.",
        "I'm preparing a report for [tomorrow|Monday|my manager] and this is still missing.",
        "I got a reminder about this and would rather deal with it now.",
        "There was a mix-up on our side, and I'm putting it right.",
        "Our plans have changed, which is why I'm writing.",
        "I noticed this [this morning|last night] and don't want it to slip.",
        "I'm covering for a colleague who is away.",
    ),
    talkative=1.0,
    asks=(
        "So [could|can|would] you {request}?",
        "What I need from you is this: {request}.",
        "Please {request}.",
        "That's why I'd ask you to {request}.",
        "Could you {request}?",
    ),
    wishes=(
        "So I need to {wish}.",
        "That's why I'd like to {wish}.",
        "For that I have to {wish}.",
        "I'd like to {wish}.",
    ),
    questions=("So, {question}?", "For that I need to know: {question}?", "{Question}?"),
    pairs=(
        "There are two parts to it. First, {first}. Then {second}.",
        "So please {first}. And because it belongs together, {second}.",
        "Could you {first}, and as the next step {second}?",
    ),
    next_asks=(
        "Thanks, that's one thing settled. The next is this: {request}.",
        "Good, that helps. So that everything is in order, please also {request}.",
        "Thank you. As a follow-up, could you {request}?",
    ),
    next_wishes=(
        "Good. Now that this is done, I'd like to {wish}.",
        "Thanks. For the same reason I also need to {wish}.",
    ),
    next_questions=(
        "Thanks, I'll note that down. And {question}?",
        "That answers it. Next question: {question}?",
    ),
    leads=("Sure, I have it here.", "Yes, that's in my notes.", "Of course.", "", "Good point."),
    repeats=("It's the one I gave you before.", "I wrote that above, but to be clear:"),
    agreements=(
        "Yes, that's exactly what I need. Go ahead.",
        "Yes, please go ahead, that's agreed on our side.",
        "Yes, I've checked it. Please proceed.",
        "Yes, that matches my notes.",
        "Yes, go ahead.",
    ),
    puzzled=(
        "I don't have that in my notes, sorry. Please go by what I've told you.",
        "That isn't something I know, I'm afraid.",
    ),
    closings=(
        "No, that's all I needed for now. Thank you.",
        "That completes it, thanks for your help.",
        "Thanks, I can take it from here.",
        "Nothing else. I'll pass that on, thank you.",
    ),
    forthcoming=0.45,
)
