"""Files that people share in Slack, fetched with the bot's token from Slack and from nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_api.installations import token_of
from services.domain.entities import Attachment
from services.domain.errors import BadRequest
from services.text.formatting import human_bytes

_PIECE = 65_536
_TIMEOUT = aiohttp.ClientTimeout(total=60)
_SLACK = (".slack.com", ".slack-gov.com")


class SlackAttachments:
    """Implements Attachments by a Web API client."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def fetch(self, attachment: Attachment, *, limit: int) -> bytes:
        """As the interface says; what is not at Slack is not asked for, since the request carries our token."""
        if attachment.size > limit:
            raise _too_large(attachment, limit)
        if not attachment.url:
            raise BadRequest(
                f"Slack doesn't let raygen read the file {attachment.name!r}. Upload your own copy."
            )
        if not self._is_slack(attachment.url):
            raise BadRequest(
                f"The file {attachment.name!r} isn't stored in Slack, so raygen can't read it. Upload it to Slack."
            )
        try:
            content = await self._read(attachment.url, limit)
        except (aiohttp.ClientError, TimeoutError):
            raise BadRequest(
                f"The file {attachment.name!r} could not be read from Slack. Share it again."
            ) from None
        if len(content) > limit:
            raise _too_large(attachment, limit)
        return content

    async def _read(self, url: str, limit: int) -> bytes:
        headers = {"Authorization": f"Bearer {await token_of(self._client)}"}
        content = bytearray()
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, raise_for_status=True) as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            if (
                answer.status != 200
            ):  # Slack sends a login page after a redirect when the token may not read it
                raise aiohttp.ClientPayloadError
            async for piece in answer.content.iter_chunked(_PIECE):
                content += piece
                if len(content) > limit:
                    break
        return bytes(content)

    def _is_slack(self, url: str) -> bool:
        parts, api = urlsplit(url), urlsplit(self._client.base_url)
        ours = (parts.scheme, parts.netloc) == (api.scheme, api.netloc)
        return ours or (parts.scheme == "https" and (parts.hostname or "").endswith(_SLACK))


def _too_large(attachment: Attachment, limit: int) -> BadRequest:
    return BadRequest(
        f"The file {attachment.name!r} is larger than {human_bytes(limit)}. Attach a smaller file."
    )
