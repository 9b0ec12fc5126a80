"""A checkpoint behind an OpenAI-compatible endpoint of this machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from agentscaler.interfaces.cli.boundary import error_console

__all__ = ["serve"]


def serve(
    checkpoint: Annotated[Path, typer.Argument(help="The folder of a checkpoint.")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any free one.")] = (
        8000
    ),
    host: Annotated[
        str, typer.Option("--host", help="Who may ask; by default programs of this machine only.")
    ] = "127.0.0.1",
    max_new_tokens: Annotated[
        int, typer.Option("--max-new-tokens", min=1, help="Of an answer, if a request has no say.")
    ] = 256,
) -> None:
    """Answer requests with a checkpoint of ours, as an OpenAI-compatible endpoint."""
    from agentscaler.llm.chat_server import ChatServer
    from agentscaler.training.local_model import LocalModel, open_checkpoint

    model = LocalModel(open_checkpoint(checkpoint), max_new_tokens=max_new_tokens)
    server = ChatServer(model, port=port, host=host)

    async def listen() -> None:
        try:
            async with server:
                error_console().print(
                    f"{model.name} at {server.base_url}", markup=False, soft_wrap=True
                )
                await asyncio.Event().wait()
        finally:
            await model.aclose()

    asyncio.run(listen())
