"""The bridge: a program that runs in the interpreter of an official package, and nowhere else.

    PYTHON .../bridge tau2|tau-bench --home DIR

It imports the standard library and the package in `--home` only, and speaks JSON lines: calls and
answers come in on stdin, the rest goes out on stdout.  What the package prints goes to stderr.

    in   {"call": 1, "do": "play", "with": {...}}        something is to be done
    out  {"ask": 7, "call": 1, "request": {...}}         doing it needs a language model's answer
    in   {"answer": 7, "value": {...}}                   there it is
    in   {"answer": 7, "failure": "...", "fault": ""}    there is none; the call fails, or with the
                                                         fault "agent" the episode ends as lost
    out  {"return": 1, "value": ...}                     it is done
    out  {"return": 1, "error": {"type", "text", "trace"}}

The first line out is {"ready": {...}}, what was found, or {"unready": {...}}, why not.  Each call
runs in a thread of its own, so that many episodes wait for models at the same time.  The end of
stdin ends the program.
"""
