"""What a request asks for in its address, beside what its body says."""

from fastapi import Request

from services.ingest.answers import problem
from services.ingest.domain.acceptance import Fault, Refusal

DRY_RUN = "dry_run"


def is_dry_run(request: Request) -> bool:
    """Whether nothing is to be written (`?dry_run=true`).

    Raises a 422 problem for any other query: what is misspelt there would be published in earnest.
    """
    if not request.scope["query_string"]:
        return False
    asked = request.query_params.multi_items()
    faults = [Fault(name, f"not known here: the only one is {DRY_RUN}") for name, _ in asked if name != DRY_RUN]
    faults += [
        Fault(DRY_RUN, f"{said!r} is neither: say true or false")
        for name, said in asked
        if name == DRY_RUN and said not in ("true", "false")
    ]
    if faults:
        raise problem(Refusal(422, "The request is not valid", tuple(faults)))
    return any(said == "true" for _, said in asked)
