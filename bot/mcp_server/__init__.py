"""`raygen mcp`: the sealed validation, snippets and proposals as MCP tools for other agents."""
