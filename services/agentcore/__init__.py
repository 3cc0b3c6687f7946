"""The supervisor on Bedrock AgentCore: what travels, how it is hosted there, and how the bot asks it.

Only this package knows `bedrock_agentcore` and boto3's clients for it.
"""
