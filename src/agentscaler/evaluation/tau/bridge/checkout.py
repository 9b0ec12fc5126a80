"""What is to be known of the checkout that a package lies in."""

from pathlib import Path

__all__ = ["commit_of"]


def commit_of(home: Path) -> str:
    """The commit that a checkout stands at; "" where that is not to be found out.

    Read from git's own files, so that nothing has to be run.
    """
    folder = home / ".git"
    try:
        head = (folder / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (folder / name).is_file():
            return (folder / name).read_text().strip()
        for line in (folder / "packed-refs").read_text().splitlines():
            commit, _, packed = line.partition(" ")
            if packed == name:
                return commit
    except OSError:
        return ""
    return ""
