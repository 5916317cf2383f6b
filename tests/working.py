"""How does a test have tasks done, without a worker process?"""

from __future__ import annotations

from service.adapters.object_storage import ObjectStorage
from service.base.settings import Settings
from service.tasks.worker import Crew


async def run_due(settings: Settings, storage: ObjectStorage | None = None) -> int:
    """Take what is due, as a worker would at once, and run it to its end. Returns how many; without `storage` as `Crew`."""
    crew = Crew(settings, storage)
    taken = await crew.take()
    await crew.drain()
    return taken
