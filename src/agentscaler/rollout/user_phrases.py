"""What scripted users say: one bank of phrases a persona, and what any of them may say.

`{request}` is a verb phrase put to the agent ("Could you ..."), `{wish}` one with the user as its
subject ("I'd like to ..."), `{question}` a question as it stands ("{Question}?").  `[this|that]`
is a choice (see `phrases`).
"""

from dataclasses import dataclass

__all__ = ["COMMON", "PERSONAS", "Common", "Persona"]


@dataclass(frozen=True)
class Persona:
    """A way of speaking.

    Attributes:
        greetings: stand before an opening; "" opens right away.
        talk: a line of small talk, or why the user writes, between greeting and request.
        talkative: how often there is such a line.
        asks, wishes, questions: open with one request.
        pairs: open with two, {first} and {second}.
        next_asks, next_wishes, next_questions: bring up a further request after a report.
        leads: stand before facts that the agent asked for; "" says them right away.
        repeats: the same, for facts that were told before.
        agreements: answer a question for confirmation.
        puzzled: answer a question that the user cannot answer.
        closings: end the conversation.
        sparing: how often only one is told of several facts that the agent asked for.
        forthcoming: how often facts that the agent did not ask for are told along with others.
    """

    name: str
    greetings: tuple[str, ...]
    talk: tuple[str, ...]
    talkative: float
    asks: tuple[str, ...]
    wishes: tuple[str, ...]
    questions: tuple[str, ...]
    pairs: tuple[str, ...]
    next_asks: tuple[str, ...]
    next_wishes: tuple[str, ...]
    next_questions: tuple[str, ...]
    leads: tuple[str, ...]
    repeats: tuple[str, ...]
    agreements: tuple[str, ...]
    puzzled: tuple[str, ...]
    closings: tuple[str, ...]
    sparing: float = 0.1
    forthcoming: float = 0.3


@dataclass(frozen=True)
class Common:
    """What users of any persona may say.

    Attributes:
        details: stand before facts that are told in sentences of their own; may be "".
        asides: bring up a further request while the agent is at work on the first one.
        forgotten: stand before facts that the agent reported without.
        second_thoughts: correct a value right after it was said.
        later_thoughts: correct a value in a later message.
        held_up: correct a value instead of agreeing.
    """

    details: tuple[str, ...]
    asides: tuple[str, ...]
    forgotten: tuple[str, ...]
    second_thoughts: tuple[str, ...]
    later_thoughts: tuple[str, ...]
    held_up: tuple[str, ...]


COMMON = Common(
    details=("", "", "", "Here's what you need[ to know|]:", "The details:", "For the record:"),
    asides=(
        "[Oh, and|And] [after that|once that's done|when you're done with that],"
        " [please|could you also|I need you to] {request}.",
        "While I think of it: [afterwards|after this], please {request}.",
        "[By the way|Also], there's a second thing. Please {request} [after this one|next].",
    ),
    forgotten=(
        "[Wait|Hold on|Oh, hang on], I forgot [something|one thing|a detail].",
        "[Sorry|Ah], there is [something|one detail] I should have mentioned.",
        "I left something out[, sorry|].",
    ),
    second_thoughts=(
        "[Actually|No, wait|Hmm, actually|Sorry|On second thought], {correction}.",
        "[Wait|Hold on|Wait, no], {correction}.",
        "Or rather, {correction}.",
        "[I just checked|I've just looked again]: {correction}.",
    ),
    later_thoughts=(
        "[Oh, and|And|Also,] {correction}[, not {first}| rather than {first}|].",
        "[By the way|While we're at it], I've changed my mind: {correction}.",
        "[One correction|One change]: {correction}.",
        "[Sorry|Apologies], I misspoke earlier: {correction}.",
    ),
    held_up=(
        "[Wait|Hold on|Hm, wait], {correction}[, not {first}| rather than {first}|].",
        "[Almost|Not quite]. {Correction}[, please|].",
        "[Actually|On second thought], {correction}.",
        "One change before you do that: {correction}.",
    ),
)

_PLAIN = Persona(
    name="plain",
    greetings=("", "", "", "Hi.", "Hello.", "Hi there.", "Good morning.", "Hey."),
    talk=(
        "I need a hand with something.",
        "Can you help me with something?",
        "I have a [small|quick|simple] request.",
        "There's something I'd like to get done.",
    ),
    talkative=0.15,
    asks=(
        "[Could|Can|Would] you {request}[| for me]?",
        "Please {request}.",
        "I need you to {request}.",
        "[Could|Can] you please {request}?",
        "I'd like you to {request}.",
        "What I need: {request}.",
    ),
    wishes=(
        "I'd like to {wish}.",
        "I [want|need] to {wish}.",
        "I'm trying to {wish}.",
        "I'm looking to {wish}.",
        "How do I {wish}? Can you do that for me?",
        "I have to {wish}.",
    ),
    questions=("{Question}?", "[I have a question|A question]: {question}?", "{Question}?"),
    pairs=(
        "I have two things for you. First, {first}. Then {second}.",
        "Two requests: please {first}. After that, {second}.",
        "Could you {first}? [And once|Once] that is done, please {second}.",
        "Please {first}. I also need you to {second}.",
        "I need two things. Please {first}, and also {second}.",
    ),
    next_asks=(
        "One more thing: [could|can] you {request}?",
        "[Thanks|Thank you]. [Next|Now], please {request}.",
        "[Great|Good]. I also need you to {request}.",
        "[Thank you|Thanks]. Can you also {request}?",
        "[Good|OK|All right]. Now please {request}.",
        "Yes, could you {request}?",
    ),
    next_wishes=(
        "[Thanks|Great]. I'd also like to {wish}.",
        "Yes, I also [want|need] to {wish}.",
        "There is one more thing. I need to {wish}.",
        "I [just remembered|almost forgot]: I need to {wish}.",
    ),
    next_questions=(
        "[Thanks|OK|Good]. {Question}?",
        "And {question}?",
        "One more question: {question}?",
        "Yes, {question}?",
    ),
    leads=("", "", "Sure.", "Of course.", "Right.", "OK."),
    repeats=("As I said:", "I mentioned that already.", "Same as before."),
    agreements=(
        "Yes, go ahead.",
        "Yes, please do.",
        "Yes, that's right.",
        "That's correct. Please go ahead.",
        "Yes, I'm sure.",
        "Correct, please proceed.",
        "Yes.",
        "Right, go ahead.",
    ),
    puzzled=(
        "I don't know that, sorry. Please go by what I've told you.",
        "I'm afraid I can't say more than I already have.",
    ),
    closings=(
        "No, that's all. [Thank you|Thanks].",
        "That's everything, thanks.",
        "No, thanks. That's all I needed.",
        "Nothing else for now. Thank you.",
        "That was all, thank you.",
        "No, I'm good. Thanks for your help.",
        "Thanks, that's it.",
    ),
)

_BRIEF = Persona(
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

_CHATTY = Persona(
    name="chatty",
    greetings=(
        "Hi there!",
        "Hello!",
        "Hey, hope you're well.",
        "Good afternoon!",
        "Hi, me again.",
        "",
    ),
    talk=(
        "I [hope you can help me out|hope I've come to the right place].",
        "I've been meaning to get to this all [week|day|month].",
        "I'm [working through my list|finally clearing my desk] and this is the next item.",
        "A [colleague|friend] [reminded me of|asked me about] this [just now|over lunch].",
        "This has been on my mind for a while.",
        "Sorry to bother you, I know you must be busy.",
        "It's been one of those [days|weeks] here.",
        "My coffee is still hot, so let's see how far we get.",
    ),
    talkative=0.75,
    asks=(
        "[Could|Can|Would] you {request}[| for me]?",
        "Do you think you could {request}?",
        "This time I need you to {request}.",
        "Would you mind helping me out? Please {request}.",
        "It would be [lovely|great] if you could {request}.",
    ),
    wishes=(
        "I'd [like|love] to {wish}.",
        "I'm finally getting around to this one: I need to {wish}.",
        "What I'd like to do is {wish}.",
        "I was going through my notes and I'd like to {wish}. Can you do that for me?",
        "I thought it was about time to {wish}.",
    ),
    questions=(
        "I was wondering: {question}?",
        "Somebody asked me this and I had no idea: {question}?",
        "{Question}? I couldn't say off the top of my head.",
        "Can you settle something for me? {Question}?",
    ),
    pairs=(
        "I have a couple of things, if that's all right. To begin with, could you {first}? "
        "And when that's sorted, please {second}.",
        "I made a short list. The first item: {first}. The second one: {second}.",
        "Could you {first}? While you're at it, please {second}.",
        "There are two things, actually. Could you {first}, and then {second}?",
    ),
    next_asks=(
        "[Perfect|Brilliant], that was easy. While I have you, could you {request}?",
        "[Lovely|Wonderful], thanks. Oh, and one more thing. Could you {request}?",
        "Great, thank you so much. The other thing on my list: could you {request}?",
        "That's a relief. Since we're talking, can you also {request}?",
        "You're quick! Now, would you {request}?",
    ),
    next_wishes=(
        "Wonderful. Now that I think of it, I'd also like to {wish}.",
        "Great, thanks for that. The other reason I'm writing is that I need to {wish}.",
        "Ah, that reminds me. I also want to {wish}.",
    ),
    next_questions=(
        "Good to know! And {question}?",
        "[Great|Perfect], thanks. Just out of curiosity, {question}?",
        "That's helpful. Something else I was wondering about: {question}?",
    ),
    leads=(
        "Oh, I should have said that right away.",
        "Good question, let me see.",
        "Ah, of course.",
        "Right, here it comes.",
        "Let me dig that out.",
        "",
    ),
    repeats=(
        "I think I said so above, but here it is again.",
        "Ha, I thought I'd told you!",
        "Happy to say it again.",
    ),
    agreements=(
        "Yes, go ahead, and thanks for checking with me first.",
        "Yes please, I've thought it over and I'm sure.",
        "Yes, that's what I had in mind, go ahead.",
        "Yes, by all means.",
        "Sounds right to me, go ahead!",
        "Yes, let's do it.",
    ),
    puzzled=(
        "Hm, that I couldn't tell you, sorry. Can you work with what I gave you?",
        "No idea, to be honest. I've told you everything I know.",
    ),
    closings=(
        "No, that was everything on my list. Thanks a lot for your help.",
        "That's all for today. Thank you, you've been a great help.",
        "I think that's it. Thanks again, and have a [good|nice|lovely] [day|one|week].",
        "Nothing else comes to mind, so that's all. Thank you[ so much|].",
        "No, [I'm all set|that's me done]. Thanks for being so patient.",
    ),
    forthcoming=0.5,
)

_POLITE = Persona(
    name="polite",
    greetings=("Hello.", "Good day.", "Good morning.", "Excuse me.", "", ""),
    talk=(
        "I would be grateful for your help.",
        "I hope this is not too much trouble.",
        "I would appreciate your assistance with a matter.",
    ),
    talkative=0.2,
    asks=(
        "[Could|Would] you please {request}?",
        "I would be grateful if you could {request}.",
        "Would you be so kind as to {request}?",
        "When you have a moment, please {request}.",
        "May I ask you to {request}?",
        "Would it be possible for you to {request}?",
    ),
    wishes=(
        "I would like to {wish}, please.",
        "I would like to {wish}.",
        "I would like to {wish}, if that is possible.",
        "I was hoping to {wish}.",
        "I wish to {wish}.",
    ),
    questions=(
        "May I ask, {question}?",
        "I have a question, if I may. {Question}?",
        "Could you help me with a question? {Question}?",
    ),
    pairs=(
        "There are two matters I need help with. First, please {first}. Second, please {second}.",
        "Could you please {first}? Afterwards, I would be grateful if you could {second}.",
        "I would appreciate your help with two things. Could you {first}? "
        "And could you then {second}?",
    ),
    next_asks=(
        "Thank you very much. Could you also {request}?",
        "That is very helpful, thank you. May I also ask you to {request}?",
        "Thank you. If I may ask for one more thing, please {request}.",
        "Much appreciated. Would you now please {request}?",
    ),
    next_wishes=(
        "Thank you. I would also like to {wish}, please.",
        "I appreciate it. There is one other matter: I would like to {wish}.",
    ),
    next_questions=(
        "Thank you. May I also ask, {question}?",
        "That is good to know. And {question}?",
    ),
    leads=("Of course.", "Certainly.", "My apologies, I should have said.", "", "With pleasure."),
    repeats=("As I mentioned earlier:", "I believe I have said so, but of course:"),
    agreements=(
        "Yes, please go ahead. Thank you for checking.",
        "Yes, that is correct. Please proceed.",
        "Yes, please do.",
        "Yes, thank you, you may go ahead.",
        "That is right, thank you. Please proceed.",
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
        "I have nothing else. Thank you for your time.",
    ),
)

_HURRIED = Persona(
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

_UNSURE = Persona(
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

_EXPLAINING = Persona(
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
    talkative=0.9,
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

PERSONAS = (_PLAIN, _BRIEF, _CHATTY, _POLITE, _HURRIED, _UNSURE, _EXPLAINING)
