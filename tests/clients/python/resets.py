"""Sign-in, accounts and resets through the published client."""

import pyotp
from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException, RocketAuthenticationException
from rocketchat_API.rocketchat import RocketChat

from clients import TOLD, client, refused, saw, sha256, with_code

PASSWORD = "a password for Ada"
RESET = "users.resetTOTP"

admin = client(TOLD["admin"], TOLD["adminPassword"])
me = admin.me()
assert me["success"] is True and me["username"] == TOLD["admin"], me
assert me["_id"] == admin.headers["X-User-Id"], me
saw("login and me")

for user, password in ((TOLD["admin"], "wrong"), ("nobody", TOLD["adminPassword"])):
    try:
        client(user, password)
    except RocketAuthenticationException:
        continue
    raise AssertionError(f"{user} is signed in")
saw("a wrong password and an unknown name are its authentication error")

made = admin.users_create("ada@residents.test", "Ada", PASSWORD, "ada", roles=["user"], verified=True)
assert made["success"] is True and made["user"]["username"] == "ada", made
ada_id = made["user"]["_id"]
taken = refused(400, "error-field-unavailable", admin.users_create, "b@residents.example", "Ada", PASSWORD, "ada")
assert taken.error.endswith("[error-field-unavailable]"), taken.error
# The client takes this for an address, which it would not with a longer last part.
ada = client("ada@residents.test", PASSWORD)
assert ada.me()["_id"] == ada_id
saw("users.create takes its keyword password; the address signs in too")

asked = refused(400, "totp-required", admin.call_api_post, RESET, userId=ada_id)
assert asked.error == "TOTP Required [totp-required]", asked.error
assert asked.response_json["details"]["method"] == "password", asked.response_json
refused(400, "totp-invalid", with_code(admin, TOLD["adminPassword"]).call_api_post, RESET, userId=ada_id)
with_code(admin, sha256(TOLD["adminPassword"]), "password")
assert admin.call_api_post(RESET, userId=ada_id) == {"success": True}
assert admin.call_api_post(RESET, use_json=False, username="ada") == {"success": True}
with_code(admin)
saw("challenge, wrong code, right code: its exception carries error and errorType; JSON and form")

begun = ada.call_api_post("users.totp.enable")
app = pyotp.parse_uri(begun["url"])
assert app.secret == begun["secret"], begun
confirmed = ada.call_api_post("users.totp.validate", code=app.now())
codes = confirmed["codes"]
assert len(codes) == 12, confirmed
assert ada.call_api_get("users.totp.codesRemaining")["remaining"] == 12
assert ada.me()["services"]["totp"] == {"enabled": True}
saw("enrolled with the codes of another authenticator")

try:
    client("ada", PASSWORD)
except RocketAuthenticationException:
    saw("sign-in without a code is its authentication error")
else:
    raise AssertionError("signed in without a code")
client("ada", PASSWORD, codes[0])
refused(400, "totp-invalid", with_code(ada, codes[0], "totp").call_api_post, RESET)

GENERATE = "users.generatePersonalAccessToken"
refused(400, "totp-required", with_code(ada).call_api_post, GENERATE, tokenName="nightly")
token = with_code(ada, codes[2], "totp").call_api_post(GENERATE, tokenName="nightly")["token"]
program = RocketChat(auth_token=token, user_id=ada_id, server_url=TOLD["url"])
assert program.me()["username"] == "ada"
rows = program.call_api_get("users.getPersonalAccessTokens")["tokens"]
assert [(row["name"], row["lastTokenPart"]) for row in rows] == [("nightly", token[-6:])], rows
saw("a personal access token, made with a code, works without")

assert with_code(ada, codes[1], "totp").call_api_post(RESET) == {"success": True}
for ended in (ada, program):
    try:
        ended.me()
    except RocketApiException as error:
        assert error.status_code == 401 and error.error == "You must be logged in to do this.", error.response
        continue
    raise AssertionError("a session goes on")
saw("backup codes count once; the self-reset ended the session and the personal access token")

ada = client("ada", PASSWORD)
refused(400, "error-not-allowed", with_code(ada, sha256(PASSWORD)).call_api_post, RESET, userId=ada_id)
assert ada.logout()["status"] == "success"
saw("an ordinary person resets nobody by name; logout")
print("done")
