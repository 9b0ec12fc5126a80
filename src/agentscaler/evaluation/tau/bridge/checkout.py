"""What is to be known of the checkout that a package lies in."""

import subprocess
from pathlib import Path

__all__ = ["commit_of"]


def commit_of(home: Path) -> str:
    """The commit of a checkout; "" where it is none."""
    try:
        done = subprocess.run(
            ["git", "-C", str(home), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
