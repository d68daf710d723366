"""From demand to reorder drafts: lead times, policy, drafts with reasons, replay. Pure functions, without torch."""
