"""The officers' door: what phones send and fetch. The protocol is docs/sync.md."""
