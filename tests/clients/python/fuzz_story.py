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


PHASES = "examples,coverage,fuzzing"
OF_STAFF = """
    backfillThreeDEye compareThreeDEye createApiKey listAggregates listApiKeys listOutbox listSecondFactors listTenants
    readAggregate readHistory readMetrics readThreeDEyeUser registerTenant repairThreeDEye resetThreeDEyeUser
    resetTotpAsStaff retryOutboxMessage revokeApiKey rotateApiKey
"""
OF_SUPER_KEYS = "setLockOrganization suspendUser reactivateUser"
# Ada owns the lock, and no camera role is hers.
OF_OTHERS = f"""
    {OF_SUPER_KEYS} createLock setLockOwner assignCameraRoleUser createCameraRole deleteCameraRole readCameraRole
    removeCameraRoleUser
"""
OF_ADMINISTRATORS = """
    createAccount deleteAccount listAccounts updatePermissions setAccountStatus updateAccount
    resetTotp resetE2eKeys disableEmailFactor
"""
# They need a code of an app, and none is set up.
WITH_APP = "confirmTotp countBackupCodes regenerateBackupCodes"
# With codes by e-mail switched on, nobody would get in again who reads no mail.
MAILED = "enableEmailFactor"


class Kind:
    """A kind of credential: how to come by it, and which operations are worth calling with it."""

    def __init__(self, come_by, paths, never_well="", only_well=None, left_out=(), lasts=True, phases=PHASES):
        self.come_by, self.paths, self.left_out, self.phases = come_by, paths, left_out, phases
        # Operations that answer nothing but failures to this kind, or to what is sent here.
        self.never_well, self.only_well = never_well.split(), only_well and only_well.split()
        self.lasts, self.held = lasts, None

    def goes_well(self, operations):
        """Which operations have to go well at least once, or the run would say little; no others may."""
        return set(self.only_well or set(operations) - set(self.never_well))

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
            "nobody": Kind(dict, "^/", only_well="alive ready logIn sendEmailCode", phases="examples,fuzzing"),
            "person": Kind(lambda: ada, own, OF_OTHERS),
            "organisation": Kind(lambda: {"X-API-Key": self.key("acme")}, rest, f"{OF_STAFF} {OF_SUPER_KEYS}"),
            "super key": Kind(lambda: {"X-API-Key": self.key("operations", super=True)}, own),
            # No mail was given up.
            "staff": Kind(lambda: self.staff, rest, "retryOutboxMessage"),
            "session": Kind(
                lambda: self.signed_in("ada", PASSWORD),
                rocket,
                f"{OF_ADMINISTRATORS} {WITH_APP}",
                left_out=[MAILED],
                lasts=False,
            ),
            "second factor": Kind(
                lambda: {**self.signed_in("admin", self.admin_password), **self.codes},
                rocket,
                WITH_APP,
                left_out=[MAILED],
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
        root = self.signed_in("admin", self.admin_password)
        listed = requests.get(f"{self.url}/api/v1/permissions.listAll", headers=root).json()["update"]
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
                why = {"reason": "of the story"}
                ended = requests.delete(f"{self.url}/api-keys/{made}", json=why, headers=self.staff)
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
