"""`python -m tests.host.hosting`: an embedded broker in a process of its own, which prints its port."""

import asyncio

from amqpchat_tui.host import Host


async def _serve() -> None:
    async with Host(port=0, users={"guest": "guest"}) as host:
        print(host.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
