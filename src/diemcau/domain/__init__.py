"""What the administration and its conferences *are*: pure, without I/O and without a clock."""
