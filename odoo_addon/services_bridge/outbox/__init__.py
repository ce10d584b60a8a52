from . import collector, insert, uuid7
