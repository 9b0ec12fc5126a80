"""tau2-bench and tau-bench: the official packages play and judge, our runner drives them.

Their environments, policies, tools, user simulators and evaluators run unchanged in the user's own
interpreter, with a small program of ours (`bridge`) that speaks JSON lines; every question that
they ask a language model comes back over that channel and is answered by our models.
"""
