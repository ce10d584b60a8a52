from . import errors, item, values
