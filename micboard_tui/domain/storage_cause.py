"""Why nothing can be stored: each has a cure of its own. Pure."""

from enum import StrEnum


class StorageCause(StrEnum):
    DISK_FULL = "disk_full"
    """Of this computer."""
    SERVER_DISK_FULL = "server_disk_full"
    SERVER_AWAY = "server_away"
    """The database server does not answer, starts or stops."""
    SERVER_REFUSES = "server_refuses"
    """It answers and does not let the program in: password, name, rights, too many connections."""
    LOCKED = "locked"
    """Another program keeps the database from being written."""
    NOT_WRITABLE = "not_writable"
    DAMAGED = "damaged"
    READ_ELSEWHERE = "read_elsewhere"
    """Another process reads the devices."""
    OTHER = "other"
