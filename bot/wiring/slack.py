"""What speaks to Slack: to one workspace by its token, or to each of many by the token that its installation gave."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.deploy.manifest import INSTALL, REDIRECT, manifest
from bot.settings import Settings
from bot.wiring.slack_access import OAuth
from handlers.messaging.courier import Courier, open_courier
from handlers.messaging.streams import LiveCards, open_cards
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.installations import SlackInstallations, SlackStates, WorkspaceClient, Workspaces
from services.store import Store


@dataclass(frozen=True, slots=True)
class Many:
    """What many workspaces need beside: the pages of their installation, and the tokens that these have given."""

    pages: AsyncOAuthSettings
    tokens: Workspaces
    installations: SlackInstallations


@dataclass(frozen=True, slots=True)
class Slack:
    """What speaks to Slack; `own` is Bolt's client, which has the workspace's token where there is one workspace."""

    own: AsyncWebClient
    client: AsyncWebClient
    courier: Courier
    cards: LiveCards
    people: SlackDirectory
    many: Many | None = None

    @property
    def installations(self) -> SlackInstallations | None:
        return self.many.installations if self.many else None


@asynccontextmanager
async def speaking(settings: Settings, access: str | OAuth, store: Store) -> AsyncGenerator[Slack]:
    """Clients for `access`, whose messages have been delivered when the context ends."""
    match access:
        case OAuth():
            own = _patient(AsyncWebClient(base_url=settings.slack_api_url))
            many = _many(settings, access, store, own)
            client = _patient(WorkspaceClient(many.tokens.token, base_url=settings.slack_api_url))
        case token:
            own = client = _patient(AsyncWebClient(token=token, base_url=settings.slack_api_url))
            many = None
    people = SlackDirectory(client)
    async with (
        open_courier(client, store.posts) as courier,
        open_cards(client, courier, store.posts, people.home) as cards,
    ):
        yield Slack(own, client, courier, cards, people, many)


def bolt(settings: Settings, slack: Slack) -> AsyncApp:
    """The app that listeners are attached to; it is the same for Socket Mode and HTTP, for one workspace and many."""
    secret, many = settings.slack_signing_secret, slack.many
    return AsyncApp(
        client=slack.own,
        signing_secret=secret.get_secret_value() if secret else None,
        # Bolt's own class, to which its annotation of plain functions does not fit.
        authorize=many.tokens if many else None,  # pyright: ignore[reportArgumentType]
        oauth_settings=many.pages if many else None,
        # Slack gets its acknowledgement once the listener has made the work durable, never before.
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )


def _many(settings: Settings, access: OAuth, store: Store, client: AsyncWebClient) -> Many:
    installations = SlackInstallations(store.installations(settings.encryptor))
    pages = AsyncOAuthSettings(
        client_id=access.client_id,
        client_secret=access.client_secret,
        scopes=manifest()["oauth_config"]["scopes"]["bot"],
        user_scopes=[],
        redirect_uri=access.redirect_uri,
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        # Slack's pages are where its API is: GovSlack has its own.
        authorization_url=settings.slack_api_url.removesuffix("/").removesuffix("/api")
        + "/oauth/v2/authorize",
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=SlackStates(store.oauth_states),
    )
    tokens = Workspaces(installations, client, access.client_id, access.client_secret)
    return Many(pages, tokens, installations)


def _patient(client: AsyncWebClient) -> AsyncWebClient:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    return client
