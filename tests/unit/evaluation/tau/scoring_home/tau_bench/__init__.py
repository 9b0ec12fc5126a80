"""A stand-in for tau_bench's environments: a stall, as the older package has it."""
