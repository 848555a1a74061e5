"""The contract imports pydantic and the standard library, nothing else."""

import sys

import grimp


def test_schemas_import_only_pydantic_and_the_standard_library() -> None:
    """So that any department's program can use the contract."""
    graph = grimp.build_graph("schemas", include_external_packages=True, cache_dir=None)
    outside = {name.partition(".")[0] for name in graph.modules} - {"schemas"}
    assert outside - set(sys.stdlib_module_names) == {"pydantic"}
