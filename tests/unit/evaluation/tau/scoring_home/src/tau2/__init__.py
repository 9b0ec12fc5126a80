"""A stand-in for tau2's evaluator: a market stall, played again and judged as tau2 does it."""
