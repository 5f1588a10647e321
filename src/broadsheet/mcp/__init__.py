"""The interface for agents: tools over the Model Context Protocol, each of which calls one verb."""
