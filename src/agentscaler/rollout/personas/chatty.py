"""Likes a talk."""

from agentscaler.rollout.personas.persona import Persona

__all__ = ["CHATTY"]

CHATTY = Persona(
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
