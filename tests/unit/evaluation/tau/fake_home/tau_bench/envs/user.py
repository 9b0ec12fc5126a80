from typing import Any

from litellm import completion


class User:
    """Asks a model when it is made already, as the real one does, and drops what it says."""

    def __init__(self, model: str, provider: str) -> None:
        self.model, self.provider = model, provider
        self.messages: list[dict[str, Any]] = []
        self.say("Hi!")

    def say(self, heard: str) -> str:
        self.messages.append({"role": "user", "content": heard})
        response = completion(
            model=self.model, custom_llm_provider=self.provider, messages=self.messages
        )
        message = response.choices[0].message
        assert response._hidden_params["response_cost"] is not None
        self.messages.append({"role": "assistant", "content": message.content})
        return message.content
