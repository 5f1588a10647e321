"""The agent interface: tools over the Model Context Protocol, each a call of one verb."""
