"""Questions on which papers disagree, answered by measuring: ``broadsheet evaluate --question``."""
