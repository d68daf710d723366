"""Right answers, reckoned with pandas from a workspace's raw files: no SQL, marts, metrics or dates of the product."""
