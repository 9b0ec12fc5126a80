"""What the expert says: plain, short, and never the same line twice while there is another.

`[this|that]` is a choice (see `phrases`).
"""

from agentscaler.rollout.mistake import MistakeKind

__all__ = [
    "ACKNOWLEDGEMENTS",
    "ANYTHING_ELSE",
    "ASKS",
    "ASKS_AGAIN",
    "ASKS_AT_FIRST",
    "ASKS_FOR_ONE",
    "ASKS_FOR_SEVERAL",
    "ASKS_IN_LINES",
    "BEFORE_AGREED_CALL",
    "BEFORE_LOOKUP",
    "BEFORE_WRITE",
    "CHANGE_NOTED",
    "CONFIRMATIONS",
    "FOLLOW_UPS",
    "FOUND",
    "HELD_FACTS",
    "READ_LEADS",
    "WRITE_LEADS",
]

ASKS = (
    "[Could|Can] you tell me {facts}?",
    "[Sure|Of course|Certainly|Gladly]. [Could|Can] you [tell me|let me know|give me] {facts}?",
    "I can do that. I still need to know {facts}.",
    "Before I start, [could you tell me|I need to know|please tell me] {facts}.",
    "To do that, I need to know {facts}.",
    "[Happy to|No problem|Will do]. Please [tell me|give me] {facts}.",
    "I'll need to know {facts} first.",
    "[Certainly|Of course]. May I ask for {facts}?",
    "I can help with that. What I don't know yet is {facts}.",
    "What I still need from you: {facts}.",
    "For that I need {facts}. [Can|Could] you give me that?",
    "May I have {facts}?",
    "Please let me know {facts}, and I'll [get started|take it from there|see to it].",
    "That's [possible|no trouble]. I only need to know {facts}.",
)
ASKS_AT_FIRST = (
    "Thanks for getting in touch. To [help you with this|get this done], I need {facts}.",
    "[Hello|Hi]! [I'd be happy to|I'll gladly] help. [Could|Can] you give me {facts}?",
    "Hello. Before I start, [could you tell me|I need to know|please tell me] {facts}.",
)
ASKS_FOR_ONE = (
    "I need one more detail for that: {facts}.",
    "One thing is still missing: {facts}.",
    "Almost there. I only need {facts}.",
    "Just one question before I go on: can you give me {facts}?",
)
ASKS_FOR_SEVERAL = (
    "I need a few details for that: {facts}.",
    "Some details are still missing: {facts}.",
    "For that I need the following: {facts}.",
    "Could you fill me in on {facts}?",
)
ASKS_IN_LINES = (
    "To do that, I need to know:\n{facts}",
    "[Sure|Of course]. I need a few details:\n{facts}",
    "Please tell me:\n{facts}",
    "A few things are still missing:\n{facts}",
)
FOLLOW_UPS = (
    "[Thanks|Thank you|Got it|Noted]. And {facts}?",
    "[Thanks|Thank you]. I also need to know {facts}.",
    "[Got it|Noted|Understood]. What is still missing is {facts}.",
    "And could you also tell me {facts}?",
    "Good. Now I only need {facts}.",
)

ASKS_AGAIN = (
    "Could you tell me {facts}?",
    "May I have {facts}?",
    "Before I go on, can you give me {facts}?",
    "One question: could you let me know {facts}?",
)

CONFIRMATIONS = (
    "The next step is {action}. [Shall|Should] I go ahead?",
    "Just to be sure: this means {action}. Do you want me to proceed?",
    "I'm about to go ahead with {action}. Is that right?",
    "Before I continue, please confirm: {action}. [Shall I go ahead?|Is that correct?]",
    "To confirm, the request is for {action}. May I proceed?",
    "I'm ready to proceed with {action}. Can you confirm with a yes?",
    "That comes down to {action}. Would you like me to go ahead?",
    "I need your go-ahead for {action}. Should I proceed?",
    "So that there is no misunderstanding, you want me to go on with {action}. Is that right?",
    "I have everything for {action}. [Shall|May|Should] I proceed?",
    "Let me check with you first: {action}, [is that right|is that correct]?",
    "This is what I'd do now: {action}. [May|Shall] I go ahead?",
    "Do you want me to go on with {action}?",
    "My next step would be {action}. Please confirm[ that I may proceed|].",
)
CHANGE_NOTED = (
    "[All right|Understood|Noted], I've changed that.",
    "[Got it|Sure], {said} it is.",
    "[No problem|Of course], I'll use {said}[ instead|].",
    "Thanks for [catching that|telling me in time].",
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
    "[Sure|Of course|Right], one moment.",
    "I'll start by looking that up.",
    "Just a second while I find it.",
    "Let me pull that up.",
    "I'm on it, looking now.",
    "Let me see what we have.",
)
BEFORE_WRITE = (
    "I'll do that now.",
    "Doing that now.",
    "I'll take care of it.",
    "One moment while I do that.",
    "Right, I'm on it.",
    "Let me get that done.",
    "That's quickly done.",
    "[Sure|Of course], I'll see to it.",
    "I have everything I need.",
)
BEFORE_AGREED_CALL = (
    "Thank you. Going ahead now.",
    "Thanks, I'll do it now.",
    "All right, going ahead.",
    "Understood. One moment.",
    "Thanks for confirming.",
    "Great, doing it now.",
    "Very well, one moment.",
)
FOUND = (
    "Found it. I'll go ahead now.",
    "I have what I need. One moment.",
    "Good, I found the record. Next step.",
    "That's the one. Continuing.",
    "There it is. Carrying on.",
    "Got it, now for the rest.",
)

WRITE_LEADS = (
    "Done.",
    "That's done.",
    "All done[ for you|].",
    "[It|That] went through[ without a problem|].",
    "[There we go|Here we go].",
    "[That's|This is] [settled|taken care of].",
    "[Good news, it|It] worked.",
    "Finished.",
    "",
    "",
    "",
    "",
    "",
    "",
)
READ_LEADS = (
    "Here's what [I found|our records say|is on record].",
    "I've [checked|looked][ for you|].",
    "I looked it up[ for you|].",
    "Here is [the answer|what you asked for].",
    "I have it here.",
    "[According to our records|As far as the records go]:",
    "[Thanks for waiting|Thank you for your patience].",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
)

ANYTHING_ELSE = (
    "Is there anything else [I can do for you|you need|I can help with|on your list]?",
    "Can I [help|be of help] with anything else[ today|]?",
    "Anything else[ for now| today|]?",
    "Do you need anything else[ from me|]?",
    "Is there something else I can [help with|do]?",
    "[Let me know|Just tell me] if there is anything else[ you need|].",
    "Anything else I should [take care of|look into]?",
    "What else can I do[ for you|]?",
    "If [you need anything else|there is anything else], just [say so|ask|let me know].",
    "Would you like anything else[ done|]?",
    "[Was there|Is there] anything else[ you wanted|]?",
    "Shall I do anything else[ for you|]?",
)

HELD_FACTS = (
    "[Sorry|My apologies], you had told me that already.",
    "Ah, you said so before. Sorry for asking twice.",
    "Right, that was in your message. My apologies.",
    "I see it now, you had mentioned it. Sorry about that.",
)

ACKNOWLEDGEMENTS: dict[MistakeKind, tuple[str, ...]] = {
    MistakeKind.MISSING_ARGUMENT: (
        "I left out the {parameter}. Trying again with it.",
        "That was refused because the {parameter} was missing. I'll send it again in full.",
        "I forgot to include the {parameter}. Correcting that.",
        "The {parameter} is required, and I hadn't given it. Once more.",
    ),
    MistakeKind.ENUM_CASE: (
        "The {parameter} has to be written exactly as {right}. Correcting that.",
        "I wrote {wrong}, but the system expects {right}. Trying again.",
        "I had the spelling of the {parameter} wrong. It should be {right}.",
    ),
    MistakeKind.UNLISTED_VALUE: (
        "The system does not know the value {wrong}. It has to be {right}.",
        "The {parameter} must be one of the listed values, so {right}. Trying again.",
        "I can't put {wrong} there. The value for it is {right}.",
    ),
    MistakeKind.WRONG_TYPE: (
        "I sent the {parameter} as text. It has to be {right} without quotes.",
        "The {parameter} was in the wrong format. Sending it again as {right}.",
        "The system wants the {parameter} in another form. Correcting that.",
    ),
    MistakeKind.DATE_FORMAT: (
        "Dates have to be written as {right} here. Trying again.",
        "I gave the {parameter} as {wrong}, but it should read {right}.",
        "The format of the {parameter} was wrong. Once more with {right}.",
    ),
    MistakeKind.NAME_AS_ID: (
        "I used the name where an id is needed. I'll look the id up first.",
        "That needs the id rather than the name, so let me find it.",
        "The name alone is not enough there. Let me look up the id.",
        "I was too quick. I have to look up the id before I can do that.",
    ),
    MistakeKind.GARBLED_ID: (
        "I got the {parameter} wrong. Here it is again, this time correctly.",
        "That was my slip: I mistyped the {parameter}. Trying again with {right}.",
        "I entered {wrong}, but it should be {right}. Correcting that.",
    ),
    MistakeKind.OTHER_TABLES_ID: (
        "I sent {wrong}, the id of a {other} and not of a {noun}. Trying again with {right}.",
        "I took the wrong id from the record. The {noun} is {right}.",
        "That id belongs to a {other}. I need {right}.",
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
    MistakeKind.WRONG_TOOL: (
        "That was the wrong place to look. What I need is {right}.",
        "I looked in the wrong list. Let me use {right}.",
        "That doesn't help here, as I called {wrong}. I should have called {right}.",
    ),
    MistakeKind.WRONG_ROW: (
        "That's not the {noun} I was looking for. The right one is {right}.",
        "I opened the wrong {noun}. Let me get {right}.",
        "This is another {noun}, I picked the wrong id from the list. Trying {right}.",
    ),
}
