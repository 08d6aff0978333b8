"""Accounts, their records and personal access tokens through the published client."""

from rocketchat_API.APIExceptions.RocketExceptions import RocketAuthenticationException
from rocketchat_API.rocketchat import RocketChat

from clients import TOLD, client, refused, saw, sha256, with_code

PASSWORD = "a password for Gus"
GENERATE = "users.generatePersonalAccessToken"

admin = client(TOLD["admin"], TOLD["adminPassword"])
ids = {}
for name in ("gus", "hal", "ida"):
    made = admin.users_create(f"{name}@residents.test", name.title(), PASSWORD, name, verified=True)
    ids[name] = made["user"]["_id"]
gus = client("gus", PASSWORD)

found = admin.users_info(user_id=ids["gus"])["user"]
assert found == admin.users_info(username="gus")["user"] == admin.users_info(email="gus@residents.test")["user"]
assert (found["_id"], found["username"], found["canViewAllInfo"]) == (ids["gus"], "gus", True), found
assert found["emails"] == [{"address": "gus@residents.test", "verified": True}], found
seen = gus.users_info(username="hal")["user"]
assert seen["username"] == "hal" and "emails" not in seen and seen["canViewAllInfo"] is False, seen
assert gus.users_info(username="gus")["user"]["services"]["password"] == {"exists": True}
nobody = refused(400, None, admin.users_info, username="nobody")
assert nobody.error == "User not found.", nobody.response
saw("users_info finds by id, name and address; an ordinary person sees what everybody sees")

names = [row["username"] for row in admin.users_list(count=2)]
assert names == ["admin", "gus", "hal", "ida"], names
page = admin.call_api_get("users.list", count=2, offset=1)
assert [row["username"] for row in page["users"]] == ["gus", "hal"], page
assert (page["count"], page["offset"], page["total"], page["success"]) == (2, 1, 4, True), page
saw("users_list goes through all pages")

with_code(gus, sha256(PASSWORD), "password")
token = gus.call_api_post(GENERATE, tokenName="nightly")["token"]
program = RocketChat(auth_token=token, user_id=ids["gus"], server_url=TOLD["url"])
assert program.me()["username"] == "gus"
anew = gus.call_api_post("users.regeneratePersonalAccessToken", tokenName="nightly")["token"]
ended = refused(401, None, program.me)
assert ended.error == "You must be logged in to do this.", ended.response
program = RocketChat(auth_token=anew, user_id=ids["gus"], server_url=TOLD["url"])
assert program.me()["username"] == "gus"
saw("a personal access token, and a new one in its place")

done = admin.users_set_active_status(ids["gus"], False)
assert (done["success"], done["user"]) == (True, {"_id": ids["gus"], "active": False}), done
for client_of_gus in (gus, program):
    refused(401, None, client_of_gus.me)
try:
    client("gus", PASSWORD)
except RocketAuthenticationException:
    saw("users_set_active_status: switched off, sessions and tokens ended")
else:
    raise AssertionError("signed in while switched off")
assert admin.users_set_active_status(ids["gus"], True)["user"]["active"] is True
assert client("gus", PASSWORD).me()["username"] == "gus"
own = admin.headers["X-User-Id"]
refused(400, "error-action-not-allowed", admin.users_set_active_status, own, False)
saw("switched on again, the password is as it was; the last administrator stays")
print("done")
