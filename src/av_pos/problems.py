"""An error → what a reader can do about it: one or two sentences in the screen's language."""

import errno

from av_pos.errors import DiskFull, ReadOnly, StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def storage_error(error: OSError, path: str = "") -> StorageError:
    """Return what the system said about a file as the error that a manager can act on."""
    kind = DiskFull if error.errno in _FULL else ReadOnly if error.errno in _FORBIDDEN else StorageError
    return kind(path or str(error.filename or ""), error.strerror or str(error))
