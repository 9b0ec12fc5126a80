"""A stand-in for tau_bench: the shop of the stand-in for tau2, as the older package has it."""
