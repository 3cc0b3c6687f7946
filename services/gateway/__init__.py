"""The tools behind an MCP gateway, such as Amazon Bedrock AgentCore's: validation and snippets that happen elsewhere.

Only this folder knows `mcp` as a client.
"""
