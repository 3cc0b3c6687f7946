"""usergroups.*, through the real AsyncWebClient."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_api.directory import SlackDirectory


async def test_groups_and_their_users(client: AsyncWebClient) -> None:
    (group,) = (await client.usergroups_list(include_count=True))["usergroups"]
    assert (group["id"], group["handle"], group["user_count"]) == ("SPLATFORM", "platform", 1)
    assert "users" not in group
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    assert group["users"] == ["UAPPROVER"]
    assert (await client.usergroups_users_list(usergroup="SPLATFORM"))["users"] == ["UAPPROVER"]
    with pytest.raises(SlackApiError) as refusal:
        await client.usergroups_users_list(usergroup="SNONE")
    assert refusal.value.response["error"] == "no_such_subteam"
    with pytest.raises(SlackApiError) as refusal:
        await client.usergroups_users_list(usergroup="")
    assert refusal.value.response["error"] == "invalid_arguments"


async def test_who_is_known_of_them(client: AsyncWebClient) -> None:
    people = SlackDirectory(client)
    assert await people.group("SPLATFORM") == {"UAPPROVER"}
    assert await people.group("SNONE") == frozenset()
    known = [await people.look_up(user) for user in ("UENGINEER", "UGUEST", "UNOBODY")]
    assert [(each.guest, each.foreign, each.gone) for each in known] == [
        (False, False, False),
        (True, False, False),
        (False, False, True),
    ]
