"""What the processes that stand apart share. The standard library only, since the system's Python
runs some of them.
"""
