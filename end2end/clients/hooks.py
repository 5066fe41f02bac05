"""What schemathesis must not ask for."""

import schemathesis


@schemathesis.hook
def filter_query(context, query):
    """With this flag a failed run is answered by 500, on purpose: clients of Durable Functions rely on it."""
    return "returnInternalServerErrorOnFailure" not in (query or {})
