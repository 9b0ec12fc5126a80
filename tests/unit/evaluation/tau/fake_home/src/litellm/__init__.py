"""A stand-in for litellm: enough of its response for the stand-ins of the official packages."""


def completion(**options: object) -> object:
    raise AssertionError("nobody but the bridge may be asked")
