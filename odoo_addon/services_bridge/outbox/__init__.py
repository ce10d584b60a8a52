from . import collector, columns, insert, uuid7
