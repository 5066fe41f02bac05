"""Calls every method of the unmodified client of PyPI's azure-functions-durable and asserts on what comes back.

DURABLE_BASE names the API, with a slash at the end. DURABLE_TOKEN is the API token; it is empty for local RPC.

The client puts its rpcBaseUrl before every path, so it has no place for a key in the address. What it has is one shared
session of aiohttp: with a token, that is given a default header.
"""

import asyncio
import json
import os
import sys
import uuid
from datetime import datetime, timedelta, timezone

import aiohttp
import azure.functions as func
from azure.durable_functions.models.DurableOrchestrationClient import DurableOrchestrationClient
from azure.durable_functions.models.OrchestrationRuntimeStatus import OrchestrationRuntimeStatus as Status
from azure.durable_functions.models.utils import http_utils
from azure.durable_functions.models.utils.entity_utils import EntityId

BASE = os.environ["DURABLE_BASE"]
TOKEN = os.environ.get("DURABLE_TOKEN", "")
RUN = f"py-{uuid.uuid4().hex[:8]}"
ENDED = {Status.Completed, Status.Failed, Status.Terminated}
PATIENCE = 200
PAUSE = 0.1
LONG = {"seconds": 86400}


def binding():
    """What the Functions host would hand to the client."""
    instance = f"{BASE}instances/INSTANCEID"
    urls = {
        "id": "INSTANCEID",
        "statusQueryGetUri": instance,
        "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}",
        "terminatePostUri": f"{instance}/terminate?reason={{text}}",
        "rewindPostUri": f"{instance}/rewind?reason={{text}}",
        "purgeHistoryDeleteUri": instance,
        "restartPostUri": f"{instance}/restart",
        "suspendPostUri": f"{instance}/suspend?reason={{text}}",
        "resumePostUri": f"{instance}/resume?reason={{text}}",
    }
    return json.dumps({"taskHubName": "Hub", "creationUrls": {}, "managementUrls": urls, "rpcBaseUrl": BASE})


class Recorder:
    """The client, noting which of its methods were called and how often."""

    def __init__(self, client):
        self.client = client
        self.calls = []

    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self.client, name)


async def until(client, instance, right):
    for _ in range(PATIENCE):
        status = await client.get_status(instance)
        if status and right(status):
            return status
        await asyncio.sleep(PAUSE)
    raise AssertionError(f"{instance} is {status.to_json()}")


async def end_of(client, instance):
    return await until(client, instance, lambda status: status.runtime_status in ENDED)


async def running(client, instance):
    await client.start_new("AsyncHttp", instance, LONG)
    return await until(client, instance, lambda status: status.custom_status is not None)


async def refused(call, words):
    try:
        await call
    except Exception as error:  # the client raises nothing more precise
        assert words in str(error), f"{words!r} is not in {error!r}"
        return
    raise AssertionError(f"nothing was refused with {words!r}")


async def starts(client):
    assert await client.start_new("Greet", f"{RUN}-greet", "Ana") == f"{RUN}-greet"
    status = await end_of(client, f"{RUN}-greet")
    assert status.output.startswith("Hello, Ana."), status.output
    assert status.name == "Greet" and status.instance_id == f"{RUN}-greet"
    assert status.created_time <= status.last_updated_time

    nothing = await client.start_new("greet")
    assert "Pass a name" in (await end_of(client, nothing)).output

    order = await client.start_new("OrderProcessing", None, {"item": "lamp", "quantity": 2, "card": "visa"})
    assert (await end_of(client, order)).output == "Order processed successfully!"
    chain = await client.start_new("FunctionChaining", None, {"id": "7", "amount": 12.5})
    status = await end_of(client, chain)
    assert status.runtime_status == Status.Completed and isinstance(status.output, str), status.to_json()
    tasks = await client.start_new("FanOutFanIn", None, ["Task1", "Task2"])
    assert (await end_of(client, tasks)).output == ["Task1 completed", "Task2 completed"]
    await refused(client.start_new("Nothing"), "'Greet'")
    await refused(client.start_new("Greet", None, "Ana", version="9"), "version")
    await running(client, f"{RUN}-taken")
    await refused(client.start_new("AsyncHttp", f"{RUN}-taken", LONG), "taken")


async def statuses(client):
    status = await client.get_status(f"{RUN}-greet", show_history=True, show_history_output=True, show_input=True)
    assert status.input_ == "Ana" and status.runtime_status == Status.Completed
    kinds = [row["EventType"] for row in status.history]
    assert kinds == ["ExecutionStarted", "TaskCompleted", "ExecutionCompleted"], kinds
    assert status.history[1]["FunctionName"] == "SayHello" and status.history[1]["Result"].startswith("Hello")
    assert status.historyEvents == status.history
    assert not await client.get_status(f"{RUN}-nobody")
    assert f"{RUN}-greet" in [status.instance_id for status in await client.get_status_all()]
    now = datetime.now(timezone.utc)
    hour = timedelta(hours=1)
    found = await client.get_status_by(now - hour, now + hour, [Status.Completed, Status.Running], f"{RUN}-")
    assert {status.instance_id for status in found} == {f"{RUN}-greet", f"{RUN}-taken"}
    assert await client.get_status_by(created_time_to=now - hour, instance_id_prefix=RUN) == []


async def events(client):
    question = {"document": "Contract", "approver": "ana@example.org", "timeout_seconds": 86400, "on_timeout": "reject"}
    for name, event, verdict in [("yes", True, "approved"), ("no", {"approved": False, "by": "Ben"}, "rejected")]:
        instance = await client.start_new("HumanInteraction", f"{RUN}-{name}", question)
        await client.raise_event(instance, "ApprovalEvent", event)
        assert (await end_of(client, instance)).output["verdict"] == verdict
    await client.raise_event(f"{RUN}-taken", "Nothing")
    await refused(client.raise_event(f"{RUN}-greet", "Go", 1), "gone")
    await refused(client.raise_event(f"{RUN}-nobody", "Go", 1), "No instance")


async def verbs(client):
    instance = f"{RUN}-taken"
    await client.suspend(instance, "wait a moment")
    await until(client, instance, lambda status: status.runtime_status == Status.Suspended)
    await client.resume(instance, "go on")
    await until(client, instance, lambda status: status.runtime_status == Status.Running)
    await client.terminate(instance, "enough & more")
    assert (await end_of(client, instance)).runtime_status == Status.Terminated
    for verb in [client.suspend, client.resume, client.terminate]:
        await verb(instance, "it has ended, which is no error")
        await refused(verb(f"{RUN}-nobody", "why"), "No instance")

    await client.start_new("AsyncHttp", f"{RUN}-broken", "no number")
    assert (await end_of(client, f"{RUN}-broken")).runtime_status == Status.Failed
    await client.rewind(f"{RUN}-broken", "mended")
    assert (await end_of(client, f"{RUN}-broken")).runtime_status == Status.Failed
    await refused(client.rewind(f"{RUN}-greet", "why"), "Completed")
    await refused(client.rewind(f"{RUN}-nobody", "why"), "No instance")

    again = await client.restart(f"{RUN}-greet")
    assert again["id"] != f"{RUN}-greet" and (await end_of(client, again["id"])).output.startswith("Hello, Ana.")
    same = await client.restart(f"{RUN}-greet", restart_with_new_instance_id=False)
    assert same["id"] == f"{RUN}-greet"
    await end_of(client, f"{RUN}-greet")


async def entities(client):
    counter = EntityId("Counter", RUN)
    assert not (await client.read_entity_state(counter)).entity_exists
    await client.signal_entity(counter, "add", 5)
    await client.signal_entity(counter, "add", -2)
    for _ in range(PATIENCE):
        state = await client.read_entity_state(counter)
        if state.entity_exists and state.entity_state == 3:
            break
        await asyncio.sleep(PAUSE)
    assert state.entity_exists and state.entity_state == 3, state.entity_state
    await client.signal_entity(counter, "reset")


async def answers(client):
    request = func.HttpRequest(method="POST", url="https://functions.example.org/start", body=b"")
    payload = client.create_http_management_payload(f"{RUN}-greet")
    assert payload["statusQueryGetUri"] == f"{BASE}instances/{RUN}-greet"
    links = client.get_client_response_links(request, f"{RUN}-greet")
    assert links["statusQueryGetUri"].startswith("https://functions.example.org/"), links
    response = client.create_check_status_response(request, f"{RUN}-greet")
    assert response.status_code == 202 and response.headers["Retry-After"] == "10"

    wait = client.wait_for_completion_or_create_check_status_response
    response = await wait(request, f"{RUN}-greet", 10_000, 100)
    assert response.status_code == 200 and response.get_body().startswith(b"Hello, Ana.")
    response = await wait(request, f"{RUN}-broken", 10_000, 100)
    assert response.status_code == 500
    await running(client, f"{RUN}-waits")
    response = await wait(request, f"{RUN}-waits", 200, 100)
    assert response.status_code == 202


async def removal(client):
    assert (await client.purge_instance_history(f"{RUN}-greet")).instances_deleted == 1
    assert (await client.purge_instance_history(f"{RUN}-greet")).instances_deleted == 0
    now = datetime.now(timezone.utc)
    hour = timedelta(hours=1)
    by = client.purge_instance_history_by
    assert (await by(now - hour, now + hour, [Status.Failed])).instances_deleted == 1
    assert (await by(now - 2 * hour, now - hour)).instances_deleted == 0
    await client.terminate(f"{RUN}-waits", "the end")
    await end_of(client, f"{RUN}-waits")
    assert (await by(now - hour)).instances_deleted >= 5


async def main():
    if TOKEN:
        http_utils._client_session = aiohttp.ClientSession(headers={"x-functions-key": TOKEN})
    client = Recorder(DurableOrchestrationClient(binding()))
    try:
        for part in [starts, statuses, events, verbs, entities, answers, removal]:
            await part(client)
    finally:
        await http_utils._close_session()
    methods = {name for name in dir(DurableOrchestrationClient) if not name.startswith("_")}
    missing = {name for name in methods if callable(getattr(DurableOrchestrationClient, name))} - set(client.calls)
    assert not missing, f"nobody called {missing}"
    print(f"azure-functions-durable: {len(client.calls)} calls of {len(methods)} methods")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
