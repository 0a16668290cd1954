"""The sub-commands of ./zhihui: each reads its arguments, calls one function of the owning room, prints.

Modules here import only the standard library at their top, so that `--help` works on a bare machine.
"""
