"""A client that openapi-python-client makes of the served document: typed, and able to do the three operations."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

TOLD = json.loads(os.environ["PORTCULLIS_TOLD"])
# What the maker does not know by itself, and no formatting of what it made.
CONFIGURATION = """
content_type_overrides:
  application/openmetrics-text: text/plain
post_hooks: []
"""


def run(*words):
    """Runs a module of Python; says what it printed if it fails."""
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


holder = tempfile.TemporaryDirectory()
folder = Path(holder.name)
document = requests.get(TOLD["PORTCULLIS"] + "/openapi.json", timeout=30)
document.raise_for_status()
(folder / "openapi.json").write_text(document.text)
(folder / "config.yml").write_text(CONFIGURATION)
made = folder / "portcullis_client"
run(
    *("openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"),
    *("--path", str(folder / "openapi.json"), "--config", str(folder / "config.yml"), "--output-path", str(made)),
)
operations = sum(len(path) for path in document.json()["paths"].values())
functions = [file for file in made.glob("api/*/*.py") if file.name != "__init__.py"]
assert len(functions) == operations, (len(functions), operations)
print("saw: made without a warning,", len(functions), "operations")
print("saw: mypy:", run("mypy", "--cache-dir", str(folder / "cache"), str(made)))

sys.path.insert(0, str(folder))
from portcullis_client import Client  # noqa: E402
from portcullis_client.api.access import remove_accessible_lock  # noqa: E402
from portcullis_client.api.cameras import reset_three_d_eye_user  # noqa: E402
from portcullis_client.api.second_factor import reset_totp  # noqa: E402
from portcullis_client.models import RemoveAccessibleLock, ResetTotp, ThreeDEyeReset  # noqa: E402


def client(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(base_url=TOLD["PORTCULLIS"], headers=named, raise_on_unexpected_status=True)


person = TOLD["PERSON"]
body = RemoveAccessibleLock(lock_id="garage", removed_by="front desk", reason="moved out")
with client(X_API_Key=TOLD["API_KEY"]) as organisation:
    answer = remove_accessible_lock.sync(person, client=organisation, body=body, idempotency_key="generated-1")
assert answer.success is True and answer.lock_id == "garage", answer
print("saw: the lock is taken away,", answer.event.type_)

staff = client(X_Admin_API_Key=TOLD["ADMIN_KEY"], Authorization="Bearer " + TOLD["STAFF_TOKEN"])
with staff:
    body = ThreeDEyeReset(clear_mapping=True, delete_remote=True, reprovision=True)
    answer = reset_three_d_eye_user.sync(person, client=staff, body=body)
assert answer.cleared_mapping is True and answer.reprovision.threedeye_user_id, answer
print("saw: the camera account is made anew")

session = {"X_User_Id": TOLD["ADMIN_ID"], "X_Auth_Token": TOLD["ADMIN_TOKEN"]}
with client(**session) as administrator:
    challenge = reset_totp.sync(client=administrator, body=ResetTotp(user_id=person))
assert challenge.error_type == "totp-required", challenge
factor = {"x_2fa_method": "totp", "x_2fa_code": TOLD["BACKUP_CODE"]}
with client(**session, **factor) as administrator:
    answer = reset_totp.sync(client=administrator, body=ResetTotp(user_id=person))
assert answer.success is True, answer
print("saw: the second factor is cleared, after a challenge")
print("done")
