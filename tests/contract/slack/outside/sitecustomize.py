"""Python imports this before an app that is to stay as it is: it sends Slack's SDK to the address in SLACK_API_URL.

Only an app that names no address of its own is sent there; one that reads the setting by itself needs no help.
"""

import os
from typing import Any

from slack_sdk.web.async_base_client import AsyncBaseClient
from slack_sdk.web.base_client import BaseClient


def redirect(client: type[Any], address: str) -> None:
    begin = client.__init__

    def elsewhere(self: Any, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        if self.base_url == client.BASE_URL:
            self.base_url = address

    client.__init__ = elsewhere


for each in (BaseClient, AsyncBaseClient):
    redirect(each, os.environ["SLACK_API_URL"])
