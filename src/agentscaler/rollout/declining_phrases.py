"""What is said of wishes that cannot be fulfilled, by the expert and by scripted users.

`{reason}` is whole sentences, `{lowered}` the same to go on with after a comma, `{deed}` follows
"I cannot", `{missing}` is the label of a fact.
"""

from agentscaler.task.task import SpecialKind

__all__ = [
    "ACCEPTANCES",
    "ALONE",
    "CLOSINGS",
    "DOUBTS",
    "EXPLANATIONS",
    "QUESTIONS",
    "REAFFIRMATIONS",
    "STANDING_BY",
    "UNKNOWN",
    "WITH_OTHERS",
]

QUESTIONS = (
    "Could you tell me {missing}?",
    "Can you tell me {missing}? I can't look that up.",
    "For that I need {missing}. Could you give it to me?",
    "One thing is still missing: {missing}.",
    "I can't go on without {missing}. Do you have it?",
    "What I still need is {missing}. Can you tell me?",
    "Before I can do that, I need to know {missing}.",
    "Please tell me {missing} as well.",
    "There is one thing I can't find out myself: {missing}. Do you know it?",
)

EXPLANATIONS: dict[SpecialKind, tuple[str, ...]] = {
    SpecialKind.MISSING_FACT: (
        "Then I'm afraid I can't do it. Without {missing} it isn't possible.",
        "I'm sorry, but I can't go ahead without {missing}.",
        "In that case I have to leave it: I need {missing} for that, and I cannot look it up"
        " anywhere.",
        "That's a pity. I'm not able to do it without {missing}. Once you have it, I gladly will.",
        "Without {missing} I can't do that, and I won't make it up.",
        "Unfortunately it cannot be done without {missing}. Please come back when you know it.",
        "I understand. I have no other way to find out {missing}, so I cannot do this now.",
    ),
    SpecialKind.WRONG_FACT: (
        "I've looked, but {lowered}",
        "I'm afraid {lowered}",
        "I'm sorry, but {lowered}",
        "I've checked the records. {reason} That's why I can't do it.",
        "{reason} So I'm not able to do that.",
        "Unfortunately, {lowered}",
        "I couldn't find it: {lowered}",
        "I looked it up, and {lowered} There is nothing I could do that with.",
    ),
    SpecialKind.NO_TOOL: (
        "I'm sorry, but I can't {deed}. I have no tool for that.",
        "I'm afraid I have no way to {deed}.",
        "Unfortunately, none of my tools can {deed}.",
        "That is beyond what I can do here: I'm not able to {deed}.",
        "I'm not able to {deed}, as nothing I have here does that.",
        "I cannot {deed}. This system gives me no means to do it.",
        "I would if I could, but there is no tool here with which I could {deed}.",
    ),
    SpecialKind.AGAINST_POLICY: (
        "I'm afraid I can't do that. {reason}",
        "I'm sorry, but that isn't possible at the moment. {reason}",
        "{reason} So I can't do it as things stand.",
        "I've checked, and I can't do that. {reason}",
        "That can't be done, unfortunately. {reason}",
        "I have to decline that one, as it isn't possible. {reason}",
        "I've looked into it. {reason} That's why I cannot do it.",
        "The rules don't allow that. {reason}",
    ),
}

ALONE = (
    "",
    "",
    "",
    "Nothing has been changed.",
    "I've left everything as it is.",
    "I haven't changed anything.",
)
"""What may follow an explanation that is not one report among others."""

WITH_OTHERS = {
    "first": (
        "The first thing I can't do, I'm afraid. {reason}",
        "Your first wish isn't possible. {reason}",
        "I couldn't do the first one. {reason}",
        "On the first point I have to disappoint you. {reason}",
    ),
    "last": (
        "The other thing I can't do, I'm afraid. {reason}",
        "Your other wish isn't possible. {reason}",
        "I couldn't do the other one. {reason}",
        "On the other point I have to disappoint you. {reason}",
    ),
}
"""An explanation among reports, by its place."""

REAFFIRMATIONS = (
    "Yes, I'm sure. {reason}",
    "I'm certain, yes. {reason}",
    "I'm afraid so. {reason}",
    "Yes. {reason} I can't get around that.",
    "Yes, quite sure. {reason}",
)

STANDING_BY = (
    "I'm sorry, but there is no way around it. {reason}",
    "No, I'm afraid not. {reason}",
    "None that I have. {reason}",
    "Not as things stand. {reason}",
    "I'm afraid there isn't. {reason}",
)
"""For a user who asks whether there is no other way."""

UNKNOWN = (
    "I don't know that, I'm afraid.",
    "I don't have that, sorry.",
    "No idea, sorry.",
    "I'm sorry, I don't know it.",
    "That's just what I don't know.",
    "I haven't got that at hand, and I can't find out now.",
    "Hm, that I can't tell you.",
    "I don't know. Nobody told me.",
    "I can't remember, sorry.",
    "I'd have to ask somebody else, and I can't reach them.",
)

DOUBTS = (
    "Are you sure?",
    "Really? Are you sure about that?",
    "Are you certain?",
    "Hm. Is there really no way?",
    "Are you quite sure? I had counted on it.",
    "Is there no way around that?",
)

ACCEPTANCES = (
    "I see.",
    "All right.",
    "OK, I understand.",
    "Too bad.",
    "Fair enough.",
    "Hm, OK.",
    "Oh, I see.",
    "That's a pity.",
    "Understood.",
    "OK, never mind then.",
    "Ah, right.",
)

CLOSINGS = (
    "Thanks anyway.",
    "Then that's all. Thank you.",
    "Thanks for looking into it. That's all.",
    "That was all. Thanks anyway, bye.",
    "Nothing else, then. Thanks.",
    "Thank you all the same. I don't need anything else.",
    "Then I'll leave it at that. Thanks.",
    "That was all I wanted. Thanks for your time.",
    "I'll see what else I can do about it. Thanks.",
    "OK, bye then.",
)
"""How a user ends a conversation in which the last thing was not to be had."""
