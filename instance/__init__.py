"""One running instance: the processes that serve a data folder, from `up` to `down`."""
