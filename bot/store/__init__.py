"""Where does everything that Pong must not forget live?

`protocol.py` says what a store is; `records.py` and the files beside it are the only SQL, written once for
every kind of store; `sqlite.py` is the store that needs no server.
"""
