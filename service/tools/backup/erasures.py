"""Who was erased since the backup that was restored? The list beside the documents says so, and they are erased again."""

from __future__ import annotations

from service.adapters.object_storage import ObjectStorage
from service.base.settings import Settings
from service.database import db
from service.http.errors import StorageUnavailable
from service.leaving.erasure import erase_again as erase_one
from service.tools.backup.objects import listed_erasures
from service.tools.backup.store import BackupError, documents


async def erase_again(settings: Settings) -> str:
    """Carry out every listed erasure on the database of `settings`, which is migrated; one line says how many.

    Accounts that the restored dump does not have cost a look at their objects. Safe to repeat. Raises BackupError.
    """
    async with documents(settings) as source:
        entries = await listed_erasures(source)
    await db.open_database(db.tortoise_config(settings.database_url, pool_max=2, application_name="jembatan-backup"))
    storage = ObjectStorage(settings)
    await storage.open()
    try:
        again = sum([await erase_one(entry, settings, storage) for entry in entries])
    except (StorageUnavailable, ValueError) as error:
        reason = (
            str(error) if isinstance(error, ValueError) else "the object store does not answer or refuses to delete"
        )
        raise BackupError(f"the erasures since the backup are not all carried out: {reason}") from error
    finally:
        await storage.close()
        await db.close_database()
    return f"erasures: {len(entries)} listed, {again} accounts erased again"
