"""The contract: everything that crosses a service border. Imports pydantic and the standard library, nothing else."""
