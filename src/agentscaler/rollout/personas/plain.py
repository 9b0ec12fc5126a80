"""Says what it wants, and no more."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["PLAIN"]

PLAIN = Persona(
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
