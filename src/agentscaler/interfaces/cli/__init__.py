"""The command line: `agentscaler`."""
