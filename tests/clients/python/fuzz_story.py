"""The people and things the document's examples tell of, and who calls."""

import itertools

import requests

from clients import sha256

ADA = "0190163d-8694-739b-aea5-5966c26f8ad2"
PASSWORD = "correct horse battery staple"
LOCK = {"lockId": "garage", "lockName": "Garage", "accessLevel": "USER", "grantedBy": "front desk"}
REMOVAL = {"lockId": "garage", "removedBy": "front desk", "reason": "of the story"}
ROLE = {"roleId": "lobby-guards", "name": "Lobby guards", "orgId": "acme"}
PREFIX = "aB3dE5gH"
KEY = "5f0c8a52-offboarding-ada"


class Kind:
    """A kind of credential: how to come by it, and which operations are worth calling with it."""

    def __init__(self, come_by, paths, examples, left_out=(), lasts=True):
        self.come_by, self.paths, self.examples, self.left_out = come_by, paths, examples, left_out
        self.lasts, self.held = lasts, None

    def headers(self):
        self.held = self.come_by() if self.held is None else self.held
        return self.held

    def refused(self):
        """A session ends, be it by a call that was made with it; the next call has another one."""
        if not self.lasts:
            self.held = None


class Story:
    def __init__(self, told):
        self.url, self.admin_password = told["url"], told["adminPassword"]
        self.staff = {"X-Admin-API-Key": told["adminKey"], "Authorization": f"Bearer {told['staffToken']}"}
        self.numbers = itertools.count()
        # That staff's own operations are staff's is asked with one kind only; the answer is always the same.
        rest, own, rocket = "^/(?!api/v1/)", "^/(users|locks|camera-roles)/", "^/api/v1/"
        ada = {"Authorization": f"Bearer {told['adaToken']}"}
        self.codes = {"x-2fa-method": "password", "x-2fa-code": sha256(self.admin_password)}
        self.kinds = {
            "nobody": Kind(dict, "^/", 3),
            "person": Kind(lambda: ada, own, 12),
            "organisation": Kind(lambda: {"X-API-Key": self.key("acme")}, rest, 12),
            "super key": Kind(lambda: {"X-API-Key": self.key("operations", super=True)}, own, 12),
            "staff": Kind(lambda: self.staff, rest, 12),
            "session": Kind(lambda: self.signed_in("ada", PASSWORD), rocket, 12, lasts=False),
            # With codes by e-mail switched on, the password would prove nothing any more.
            "second factor": Kind(
                lambda: {**self.signed_in("admin", self.admin_password), **self.codes},
                rocket,
                12,
                left_out=["enableEmailFactor"],
                lasts=False,
            ),
        }
        self.make()

    def make(self):
        self.order("/tenants/acme/register", {"orgName": "Acme Ltd", "ownerEmail": "olive@acme.example"})
        self.order(f"/users/{ADA}/CreateUser", {"userId": ADA, "email": "ada@example.com"})
        self.order(f"/users/{ADA}/UpdatePhoneNumber", {"phoneNumber": "+48600100200"})
        self.order("/locks/garage/CreateLock", {"name": "Garage", "orgId": "acme", "ownerId": ADA})
        self.order(f"/users/{ADA}/AddAccessibleLock", LOCK)
        self.order("/camera-roles/lobby-guards/CreateCameraRole", ROLE)
        self.order("/camera-roles/lobby-guards/AssignUser", {"userId": ADA})
        self.account()
        listed = requests.get(f"{self.url}/api/v1/permissions.listAll", headers=self.signed_in("admin", self.admin_password)).json()["update"]
        self.permissions = [{"_id": one["_id"], "roles": one["roles"]} for one in listed]

    def order(self, path, body, well=(200, 201)):
        """What staff orders."""
        answer = requests.post(self.url + path, json=body, headers=self.staff)
        assert answer.status_code in well, (path, answer.status_code, answer.text)
        return answer.json()

    def ask(self, route, body):
        """What the administrator asks for, in a session of its own: a call may have ended any other."""
        headers = {**self.signed_in("admin", self.admin_password), **self.codes}
        answer = requests.post(f"{self.url}/api/v1/{route}", json=body, headers=headers)
        assert answer.status_code == 200, (route, answer.status_code, answer.text)
        return answer.json()

    def signed_in(self, user, password):
        answer = requests.post(f"{self.url}/api/v1/login", json={"user": user, "password": password})
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        return {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}

    def account(self):
        data = {"username": "ada", "password": PASSWORD, "name": "Ada Lovelace", "email": "ada@example.com"}
        self.ask("users.update", {"userId": ADA, "data": {**data, "verified": True, "roles": ["user"]}})

    def key(self, org, **order):
        """A key of an organisation, which has none yet."""
        self.order(f"/tenants/{org}/register", {"orgName": "Acme Ltd", "ownerEmail": "olive@acme.example"})
        return self.order("/api-keys", {"orgId": org, "orgName": "Acme Ltd", **order})["apiKey"]

    def aim(self, case):
        """What the document's example names is there already, or has to stay: something like it takes its place."""
        body = case.body if isinstance(case.body, dict) else {}
        path = case.path_parameters
        number = next(self.numbers)
        # By then the version is another one, and the key was used for something else.
        if (case.headers or {}).get("If-Match") == '"3"':
            del case.headers["If-Match"]
        if (case.headers or {}).get("Idempotency-Key") == KEY:
            case.headers["Idempotency-Key"] = f"{KEY}-{number}"
        match case.operation.definition.raw["operationId"]:
            case "revokeApiKey" | "rotateApiKey" if path.get("prefix") == PREFIX:
                path["prefix"] = self.key(f"spare-{number}")[:8]
            case "addAccessibleLock" if path.get("id") == ADA and body.get("lockId") == LOCK["lockId"]:
                self.order(f"/users/{ADA}/RemoveAccessibleLock", REMOVAL, well=(200, 400))
            case "removeAccessibleLock" if path.get("id") == ADA and body.get("lockId") == LOCK["lockId"]:
                self.order(f"/users/{ADA}/AddAccessibleLock", LOCK, well=(200, 400))
            case "createCameraRole" if path.get("id") == body.get("roleId") == ROLE["roleId"]:
                path["id"] = body["roleId"] = f"role-{number}"
                body["name"] = f"Role {number}"
            case "deleteCameraRole" if path.get("id") == ROLE["roleId"]:
                path["id"] = role = f"role-{number}"
                self.order(f"/camera-roles/{role}/CreateCameraRole", {**ROLE, "roleId": role, "name": f"Role {number}"})
            case "createAccount" if body.get("username") == "ada":
                body.update(username=f"ada-{number}", email=f"ada-{number}@example.com")
            case "deleteAccount" if body.get("username") == "ada" or body.get("userId") in (ADA, "ada"):
                name = f"passer-by-{number}"
                account = {"username": name, "name": name, "email": f"{name}@example.com", "password": PASSWORD}
                self.ask("users.create", account)
                case.body = {"username": name}

    def put_back(self, operation, answer):
        """What a call took away is there again for the next one."""
        match operation:
            case "createApiKey":
                made = answer.json()["apiKeyPrefix"]
                ended = requests.delete(f"{self.url}/api-keys/{made}", json={"reason": "of the story"}, headers=self.staff)
                assert ended.status_code == 200, ended.text
            case "suspendUser":
                self.order(f"/users/{ADA}/ReactivateUser", {"reason": "of the story", "by": "front desk"})
            case "setLockOwner":
                self.order("/locks/garage/SetOwner", {"userId": ADA})
            case "setLockOrganization":
                self.order("/locks/garage/SetOrganization", {"orgId": "acme"})
            case "removeCameraRoleUser":
                self.order("/camera-roles/lobby-guards/AssignUser", {"userId": ADA})
            case "updateEmail":
                self.order(f"/users/{ADA}/UpdateEmail", {"email": "ada@example.com"})
            case "updatePhoneNumber":
                self.order(f"/users/{ADA}/UpdatePhoneNumber", {"phoneNumber": "+48600100200"})
            case "setAccountStatus":
                self.ask("users.setActiveStatus", {"userId": ADA, "activeStatus": True})
            case "updateAccount":
                self.account()
            case "updatePermissions":
                self.ask("permissions.update", {"permissions": self.permissions})
