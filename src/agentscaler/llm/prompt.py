"""`Prompt`: what a model is told, in a file that a person can read, beside the code that uses it.

A prompt lies in the folder `prompts` of its package.  Its first line is a comment with its purpose
and version, which no model sees.  `{{name}}` is a blank; what is put there is never read again, so
a value that looks like a blank stays as it is.
"""

import hashlib
import re
from dataclasses import dataclass
from importlib import resources

__all__ = ["Prompt"]

_BLANK = re.compile(r"\{\{(\w+)\}\}")
_HEAD = re.compile(r"\A<!-- (?P<purpose>.+), version (?P<version>\d+) -->\n+")


@dataclass(frozen=True)
class Prompt:
    """One prompt.

    Attributes:
        name: of the file.
        text: with its blanks.
        digest: of the whole file; a part of the fingerprint of what the prompt helped to make.
    """

    name: str
    version: int
    text: str
    digest: str

    @classmethod
    def read(cls, package: str, name: str) -> "Prompt":
        """The prompt in the file `name` of a package's folder `prompts`."""
        content = (resources.files(package) / "prompts" / name).read_text(encoding="utf-8")
        head = _HEAD.match(content)
        if head is None:
            raise ValueError(f"the prompt {name} does not begin with its purpose and version")
        return cls(
            name,
            int(head["version"]),
            content[head.end() :].rstrip(),
            hashlib.sha256(content.encode()).hexdigest(),
        )

    def fill(self, **values: str) -> str:
        """The text with its blanks filled in.

        Raises:
            ValueError: a blank has no value, or a value no blank.
        """
        blanks = set(_BLANK.findall(self.text))
        if blanks != values.keys():
            odd = ", ".join(sorted(blanks ^ values.keys()))
            raise ValueError(f"the prompt {self.name} and what it is filled with differ in: {odd}")
        return _BLANK.sub(lambda blank: values[blank[1]], self.text)
