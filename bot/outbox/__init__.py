"""How does what Pong has to say reach Slack, once and in order?

`sender.py` is the loop; `choosing.py` says which letter goes next, `calls.py` what an answer of Slack's
means, `settling.py` what becomes of the letter then, `lookup.py` whether a message arrived although
nobody said so, `files.py` how a file goes up, `pacing.py` how fast. The rows are in `bot/store/sending.py`.
"""
