"""Does not know its way around."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["UNSURE"]

UNSURE = Persona(
    name="unsure",
    greetings=("Hi.", "Hello.", "Um, hi.", "", ""),
    talk=(
        "I'm not sure [whether this is the right place to ask|how this works].",
        "I've never done this before.",
        "I hope I'm putting this right.",
        "I'm a bit lost here.",
        "I don't know the right words for this, so bear with me.",
    ),
    talkative=0.5,
    asks=(
        "Could you maybe {request}?",
        "Is it possible for you to {request}?",
        "Are you able to {request}?",
        "I think I need you to {request}.",
        "Can you {request}, or is that somebody else's job?",
    ),
    wishes=(
        "I think I'd like to {wish}.",
        "I suppose I need to {wish}.",
        "Would there be a way to {wish}?",
        "I'd like to {wish}, if that works.",
        "I believe I have to {wish}.",
    ),
    questions=(
        "Can you help me with this: {question}?",
        "{Question}? I couldn't find it myself.",
        "I'm not sure about this: {question}?",
    ),
    pairs=(
        "It's two things, I think. Could you {first}? And then maybe {second}?",
        "I need help with this: {first}. And if it's not too much, {second}.",
        "First, could you {first}? After that I'd need you to {second}.",
    ),
    next_asks=(
        "Oh, good. Could you maybe also {request}?",
        "Thanks. I think I also need you to {request}.",
        "Right. And would you be able to {request}?",
    ),
    next_wishes=(
        "OK, thank you. I think I also need to {wish}.",
        "Ah, there was something else. I'd like to {wish}, if possible.",
    ),
    next_questions=(
        "OK. And {question}?",
        "Thanks. One thing I'm still not sure about: {question}?",
    ),
    leads=("Let me check.", "I think that's right:", "If I read this correctly:", "", "Oh, sorry."),
    repeats=("Didn't I say that? Well:", "I thought I'd told you, sorry."),
    agreements=(
        "Yes, I think so. Go ahead.",
        "Yes, that should be right.",
        "I believe so, yes.",
        "Yes, please, if you say so.",
        "Yes, that's what I meant.",
    ),
    puzzled=(
        "I really don't know, I'm sorry.",
        "I couldn't say. Is there a way to do it with what I gave you?",
    ),
    closings=(
        "I think that's all. Thank you.",
        "No, I don't think so. Thanks for your help.",
        "Oh, that was quick. Thank you.",
        "That should be everything. Thanks.",
        "OK, great. That was easier than I feared, thank you.",
    ),
    sparing=0.25,
    forthcoming=0.35,
)
