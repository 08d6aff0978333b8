//! What can be asked of the service: one command or query a file. Each holds the ports it needs and nothing else.
