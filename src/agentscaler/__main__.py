"""`python -m agentscaler` is the `agentscaler` program."""

from agentscaler.interfaces.cli.main import main

if __name__ == "__main__":
    main()
