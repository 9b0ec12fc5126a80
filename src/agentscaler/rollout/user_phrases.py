"""What scripted users say: one bank of phrases a persona.

`{request}` is a verb phrase.  The phrases of `asks` put it to the agent ("Could you ..."), those of
`wishes` let the user be its subject ("I'd like to ..."); a request such as "tell me ..." fits the
former only.
"""

from dataclasses import dataclass

__all__ = ["PERSONAS", "Persona"]


@dataclass(frozen=True)
class Persona:
    """A way of speaking.

    Attributes:
        asks, wishes: open with one request.
        pairs: open with two, {first} and {second}.
        next_asks, next_wishes: bring up a further request after a report.
        leads: stand before facts that the agent asked for; "" says them right away.
        forgotten: stand before facts the agent reported without.
        agreements: answer a question for confirmation.
        puzzled: answer a question that the user cannot answer.
        closings: end the conversation.
    """

    name: str
    asks: tuple[str, ...]
    wishes: tuple[str, ...]
    pairs: tuple[str, ...]
    next_asks: tuple[str, ...]
    next_wishes: tuple[str, ...]
    leads: tuple[str, ...]
    forgotten: tuple[str, ...]
    agreements: tuple[str, ...]
    puzzled: tuple[str, ...]
    closings: tuple[str, ...]


_PLAIN = Persona(
    name="plain",
    asks=(
        "Could you {request}?",
        "Please {request}.",
        "Can you {request}?",
        "I need you to {request}.",
        "Hi. Could you {request}?",
        "Hello, can you {request}?",
        "Can you help me with something? Please {request}.",
    ),
    wishes=(
        "I'd like to {request}.",
        "I want to {request}.",
        "I need to {request}.",
        "Hi, I'd like to {request}.",
        "I need some help. I want to {request}.",
        "Hello. I need to {request}.",
    ),
    pairs=(
        "I have two things for you. First, {first}. Then {second}.",
        "Two requests: please {first}. After that, {second}.",
        "Could you {first}? And once that is done, please {second}.",
        "Please {first}. I also need you to {second}.",
    ),
    next_asks=(
        "One more thing: could you {request}?",
        "Thanks. Next, please {request}.",
        "Great. I also need you to {request}.",
        "Thank you. Can you also {request}?",
        "Good. Now please {request}.",
    ),
    next_wishes=(
        "Thanks. I'd also like to {request}.",
        "Yes, I also want to {request}.",
        "There is one more thing. I need to {request}.",
    ),
    leads=("", "", "Sure.", "Of course.", "Right."),
    forgotten=("There is something I should have mentioned.", "One detail I left out."),
    agreements=(
        "Yes, go ahead.",
        "Yes, please do.",
        "Yes, that's right.",
        "Yes, that's correct. Please go ahead.",
        "Yes, I'm sure.",
    ),
    puzzled=(
        "I don't know that, sorry. Please go by what I've told you.",
        "I'm afraid I can't say more than I already have.",
    ),
    closings=(
        "No, that's all. Thank you.",
        "That's everything, thanks.",
        "No, thanks. That's all I needed.",
        "Nothing else for now. Thank you.",
        "That was all, thank you.",
    ),
)

_BRIEF = Persona(
    name="brief",
    asks=("{Request}.", "{Request}, please.", "Please {request}.", "{Request}, thanks."),
    wishes=("Need to {request}.", "I want to {request}.", "I need to {request}."),
    pairs=(
        "{First}. Then {second}.",
        "Two things. {First}. And {second}.",
        "Please {first}. Afterwards {second}.",
    ),
    next_asks=("Next, {request}.", "Also, {request}.", "Now {request}.", "OK. And {request}."),
    next_wishes=("I also need to {request}.", "OK. Now I want to {request}."),
    leads=("",),
    forgotten=("Wait.", "Also:"),
    agreements=("Yes.", "Yes, go ahead.", "Go ahead.", "Yes, do that.", "Yes, please."),
    puzzled=("I don't know.", "No idea, sorry."),
    closings=("No, that's it.", "That's all.", "No. Thanks.", "All good, thanks.", "Nope, done."),
)

_CHATTY = Persona(
    name="chatty",
    asks=(
        "Hi there, I hope you can help me out. Could you {request}?",
        "Hello. I've been meaning to get to this all week: could you {request}?",
        "Hey, I'm working through my list and this is the next item. Can you {request}?",
        "Hi, I'm not sure whether this is the right place to ask, but could you {request}?",
        "Hello, me again. This time I need you to {request}.",
    ),
    wishes=(
        "Hi there, I hope you can help me out. I'd like to {request}.",
        "Hello. I'm finally getting around to this one: I need to {request}.",
        "Hey, a colleague reminded me of this just now. I need to {request}.",
        "Hi. This has been on my mind for a while, and now I want to {request}.",
        "So, I was going through my notes and I'd like to {request}. Can you do that for me?",
    ),
    pairs=(
        "Hi, I have a couple of things, if that's all right. To begin with, could you {first}? "
        "And when that's sorted, please {second}.",
        "Hello. I made a short list. The first item: {first}. The second one: {second}.",
        "Hey, hope you're well. Could you {first}? While you're at it, please {second}.",
    ),
    next_asks=(
        "Perfect, that was easier than I thought. While I have you, could you {request}?",
        "Lovely, thanks. Oh, and one more thing. Could you {request}?",
        "Great, thank you so much. The other thing on my list: could you {request}?",
        "That's a relief. Since we're talking, can you also {request}?",
    ),
    next_wishes=(
        "Wonderful. Now that I think of it, I'd also like to {request}.",
        "Great, thanks for that. The other reason I'm writing is that I need to {request}.",
    ),
    leads=(
        "Oh, I should have said that right away.",
        "Good question, let me see.",
        "Ah, of course.",
        "Right, here it comes.",
        "",
    ),
    forgotten=(
        "Oh, hang on, I forgot to tell you something.",
        "Sorry, there is one bit I left out.",
    ),
    agreements=(
        "Yes, go ahead, and thanks for checking with me first.",
        "Yes please, I've thought it over and I'm sure.",
        "Yes, that's what I had in mind, go ahead.",
        "Yes, by all means.",
    ),
    puzzled=(
        "Hm, that I couldn't tell you, sorry. Can you work with what I gave you?",
        "No idea, to be honest. I've told you everything I know.",
    ),
    closings=(
        "No, that was everything on my list. Thanks a lot for your help.",
        "That's all for today. Thank you, you've been a great help.",
        "I think that's it. Thanks again, and have a good day.",
        "Nothing else comes to mind, so that's all. Thank you.",
    ),
)

_POLITE = Persona(
    name="polite",
    asks=(
        "Hello. Could you please {request}?",
        "Hello, I would be grateful if you could {request}.",
        "Would you be so kind as to {request}?",
        "Excuse me, would you please {request}?",
        "Hello. When you have a moment, please {request}.",
        "May I ask you to {request}?",
    ),
    wishes=(
        "Hello. I would like to {request}, please.",
        "Excuse me, I would like to {request}.",
        "I would like to {request}, if that is possible.",
    ),
    pairs=(
        "Hello. There are two matters I need help with. First, please {first}. "
        "Second, please {second}.",
        "Could you please {first}? Afterwards, I would be grateful if you could {second}.",
        "I would appreciate your help with two things. Could you {first}? "
        "And could you then {second}?",
    ),
    next_asks=(
        "Thank you very much. Could you also {request}?",
        "That is very helpful, thank you. May I also ask you to {request}?",
        "Thank you. If I may ask for one more thing, please {request}.",
    ),
    next_wishes=(
        "Thank you. I would also like to {request}, please.",
        "I appreciate it. There is one other matter: I would like to {request}.",
    ),
    leads=("Of course.", "Certainly.", "My apologies, I should have said.", ""),
    forgotten=("I apologise, I left something out.", "Pardon me, I forgot one detail."),
    agreements=(
        "Yes, please go ahead. Thank you for checking.",
        "Yes, that is correct. Please proceed.",
        "Yes, please do.",
        "Yes, thank you, you may go ahead.",
    ),
    puzzled=(
        "I am sorry, I do not know that. Would it be possible to continue without it?",
        "I am afraid I do not have that information.",
    ),
    closings=(
        "No, that will be all. Thank you very much for your help.",
        "That is everything. Thank you, I appreciate it.",
        "Nothing further, thank you.",
        "No, thank you. That was all I needed.",
    ),
)

_HURRIED = Persona(
    name="hurried",
    asks=(
        "Quick one: {request}.",
        "I'm about to go into a meeting. Can you {request}?",
        "I don't have much time. Please {request}.",
        "Can you quickly {request}?",
        "In a bit of a rush here. Could you {request}?",
    ),
    wishes=(
        "I don't have long. I need to {request}.",
        "Need to {request}, and I'm short on time.",
        "I'm in a hurry and need to {request}.",
    ),
    pairs=(
        "Two quick things. {First}. Then {second}.",
        "I'm short on time. Please {first}, and after that {second}.",
        "Quick, please: {first}. And then {second}.",
    ),
    next_asks=(
        "Great, next one: {request}.",
        "Thanks. Another one: {request}.",
        "OK, now please {request}.",
        "Good. Can you also {request}?",
    ),
    next_wishes=("Thanks. I also need to {request}.", "Good. Next I need to {request}."),
    leads=("", "", "Sorry, forgot."),
    forgotten=("Wait, I missed something.", "Hold on, one detail is missing."),
    agreements=("Yes, go ahead.", "Yes, do it.", "Yes, please, go ahead.", "Yes, that's fine."),
    puzzled=("I don't have that. Just use what I gave you.", "No idea, please just carry on."),
    closings=(
        "No, that's it. Got to run, thanks.",
        "That's all, thanks.",
        "Nope. Thanks, bye.",
        "All set, thank you.",
    ),
)

PERSONAS = (_PLAIN, _BRIEF, _CHATTY, _POLITE, _HURRIED)
