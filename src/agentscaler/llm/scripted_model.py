"""`ScriptedModel`: the fake at the seam, which answers from a script and asks no endpoint."""

import asyncio

import orjson

from agentscaler.errors import EndpointError, RequestRefusedError
from agentscaler.llm.chat_model import Completion, Request
from agentscaler.llm.script import Script, answer_body
from agentscaler.llm.wire import read_completion, request_body

__all__ = ["ScriptedModel"]


class ScriptedModel:
    """Satisfies `ChatModel`.

    A rule's fault is an endpoint that stays silent (`EndpointError`), or for status 400 one that
    refuses the request for good; a request that no rule fits is refused as well.
    """

    def __init__(self, script: Script, name: str = "scripted") -> None:
        self._script = script
        self._name = name
        self.asked = 0

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`."""
        self.asked += 1
        body = request_body(self._name, request)
        rule = self._script.choose(body)
        if rule is None:
            last = request.messages[-1].content[:200]
            raise RequestRefusedError(f"no rule of the script fits a request that ends {last!r}")
        if rule.delay:
            await asyncio.sleep(rule.delay)
        if rule.fault is not None:
            if rule.fault.status == 400:
                raise RequestRefusedError("the script refuses the request")
            raise EndpointError("the script gives no answer")
        return read_completion(orjson.dumps(answer_body(rule, body, self.asked)))
