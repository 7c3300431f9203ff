"""What the services ask of the world, as protocols; each has a fake in ``diemcau.testing``."""
