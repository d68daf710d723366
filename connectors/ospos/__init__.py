"""The OSPOS connector (docs/connect/ospos.md)."""
