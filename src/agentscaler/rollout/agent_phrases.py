"""What the expert says: plain, short, and never the same line twice while there is another."""

from agentscaler.rollout.mistakes import MistakeKind

__all__ = [
    "ACKNOWLEDGEMENTS",
    "ANYTHING_ELSE",
    "ASKS",
    "ASKS_FOR_ONE",
    "ASKS_FOR_SEVERAL",
    "BEFORE_AGREED_CALL",
    "BEFORE_LOOKUP",
    "BEFORE_WRITE",
    "CONFIRMATIONS",
    "FOUND",
    "READ_LEADS",
    "WRITE_LEADS",
]

ASKS = (
    "Could you tell me {facts}?",
    "Can you tell me {facts}?",
    "Sure. Could you let me know {facts}?",
    "I can do that. I still need to know {facts}.",
    "Of course. Could you tell me {facts}?",
    "Before I start, could you tell me {facts}?",
    "To do that, I need to know {facts}.",
    "Happy to. Please tell me {facts}.",
    "I'll need to know {facts} first.",
    "Certainly. May I ask for {facts}?",
    "No problem. Please tell me {facts}.",
    "I can help with that. What I don't know yet is {facts}.",
)
ASKS_FOR_ONE = (
    "I need one more detail for that: {facts}.",
    "One thing is still missing: {facts}.",
    "Almost there. I only need {facts}.",
)
ASKS_FOR_SEVERAL = (
    "I need a few details for that: {facts}.",
    "Some details are still missing: {facts}.",
    "For that I need the following: {facts}.",
)

CONFIRMATIONS = (
    "The next step is {action}. Shall I go ahead?",
    "Just to be sure: this means {action}. Do you want me to proceed?",
    "I'm about to go ahead with {action}. Is that right?",
    "Before I continue, please confirm: {action}. Shall I go ahead?",
    "To confirm, the request is for {action}. May I proceed?",
    "I'm ready to proceed with {action}. Can you confirm with a yes?",
    "That comes down to {action}. Would you like me to go ahead?",
    "I need your go-ahead for {action}. Should I proceed?",
)

BEFORE_LOOKUP = (
    "Let me look that up.",
    "One moment, I'll check.",
    "Checking that now.",
    "Let me find it.",
    "Give me a moment to look.",
    "Let me see what is on record.",
    "I'll look into it.",
    "Let me check the records.",
)
BEFORE_WRITE = (
    "I'll do that now.",
    "Doing that now.",
    "I'll take care of it.",
    "One moment while I do that.",
    "Right, I'm on it.",
    "Let me get that done.",
)
BEFORE_AGREED_CALL = (
    "Thank you. Going ahead now.",
    "Thanks, I'll do it now.",
    "All right, going ahead.",
    "Understood. One moment.",
    "Thanks for confirming.",
)
FOUND = (
    "Found it. I'll go ahead now.",
    "I have what I need. One moment.",
    "Good, I found the record. Next step.",
    "That's the one. Continuing.",
)

WRITE_LEADS = ("Done.", "That's done.", "All done.", "It went through.", "", "", "")
READ_LEADS = (
    "Here's what I found.",
    "I've checked.",
    "I looked it up.",
    "Here is the answer.",
    "",
    "",
    "",
    "",
)

ANYTHING_ELSE = (
    "Is there anything else I can do for you?",
    "Is there anything else you need?",
    "Can I help with anything else?",
    "Anything else?",
    "Do you need anything else?",
    "Is there something else I can help with?",
    "Let me know if there is anything else.",
    "Anything else I should take care of?",
)

ACKNOWLEDGEMENTS: dict[MistakeKind, tuple[str, ...]] = {
    MistakeKind.MISSING_ARGUMENT: (
        "I left out the {parameter}. Trying again with it.",
        "That was refused because the {parameter} was missing. I'll send it again in full.",
        "I forgot to include the {parameter}. Correcting that.",
    ),
    MistakeKind.ENUM_CASE: (
        "The {parameter} has to be written exactly as {right}. Correcting that.",
        "I wrote {wrong}, but the system expects {right}. Trying again.",
        "I had the spelling of the {parameter} wrong. It should be {right}.",
    ),
    MistakeKind.NAME_AS_ID: (
        "I used the name where an id is needed. I'll look the id up first.",
        "That needs the id rather than the name, so let me find it.",
        "The name alone is not enough there. Let me look up the id.",
    ),
    MistakeKind.GARBLED_ID: (
        "I got the {parameter} wrong. Here it is again, this time correctly.",
        "That was my slip: I mistyped the {parameter}. Trying again with {right}.",
        "I entered {wrong}, but it should be {right}. Correcting that.",
    ),
    MistakeKind.UNKNOWN_PARAMETER: (
        "I passed a setting called {wrong}, which does not exist here. Trying again without it.",
        "There is no parameter called {wrong}. I'll repeat the call without it.",
        "That was refused because of {wrong}, which is not a valid parameter. Leaving it out.",
    ),
    MistakeKind.MISSPELT_PARAMETER: (
        "The parameter is called {right}, not {wrong}. Correcting that.",
        "I misspelt a parameter name. It should be {right}.",
        "I wrote {wrong} where {right} was needed. Trying again.",
    ),
    MistakeKind.WRONG_TOOL_NAME: (
        "There is no tool called {wrong}. The right one is {right}.",
        "I used a tool name that does not exist. Trying again with {right}.",
        "That tool name was wrong. I'll use {right} instead.",
    ),
}
