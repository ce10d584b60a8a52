from . import backoff, message, post, sender, signature, words
