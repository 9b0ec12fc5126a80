"""Formal, and grateful."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["POLITE"]

POLITE = Persona(
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
