//! Changing accounts.

use portcullis_domain::commit::{Claim, ClaimChange, Effects, Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::event::Event;
use portcullis_domain::user::{
    Account, AccountAdded, AccountRenamed, ContactAction, EditAccount, EmailVerificationSet, PasswordSet, Profile,
    Role, RolesChanged, Standing, UserDeactivated, UserEmailUpdated, UserRefusal, UserStatus, Voucher, edit_account,
};
use portcullis_testkit::build::{NOON, email, user_name};
use portcullis_testkit::fake::FakeHasher;

use crate::user_active::{alone, standing};

const NOTHING: EditAccount = EditAccount {
    username: None,
    name: None,
    password: None,
    roles: None,
    active: None,
    email: None,
    email_verified: None,
    email_voucher: Voucher::Nobody,
    email_factor: false,
};

fn ada() -> Standing {
    standing(UserStatus::Active, Some(&[Role::User]))
}

fn epoch_raised(standing: &Standing) -> Guard {
    Guard::raise(GuardKey::CredentialEpoch(standing.person.id), standing.epoch)
}

fn edited(command: EditAccount, standing: &Standing) -> Effects {
    edit_account(command, standing, NOON).unwrap()
}

#[test]
fn what_is_as_it_is_to_be_makes_no_event() {
    let standing = ada();
    let same = EditAccount {
        username: Some(user_name("ada")),
        name: Some("Ada".to_owned()),
        roles: Some([Role::User].into()),
        active: Some(true),
        email: Some(email("ada@example.com")),
        email_verified: Some(false),
        ..NOTHING
    };
    assert_eq!(edited(same, &standing), Effects::default());
    assert_eq!(edited(NOTHING, &standing), Effects::default());
}

#[test]
fn another_name_is_claimed_and_the_one_before_let_go() {
    let standing = ada();
    let user = standing.person.id;
    let effects = edited(EditAccount { username: Some(user_name("Lovelace")), ..NOTHING }, &standing);
    let renamed = |username_changed, name_changed| -> Event {
        AccountRenamed { user_id: user, username_changed, name_changed }.into()
    };
    assert_eq!(effects.events, [renamed(true, false)]);
    let claims = [
        ClaimChange::Release { claim: Claim::UserName(user_name("ada")), owner: user },
        ClaimChange::Take { claim: Claim::UserName(user_name("Lovelace")), owner: user },
    ];
    assert_eq!(effects.claims, claims);
    let account = Account { user, username: user_name("Lovelace"), name: "Ada".to_owned(), created_at: NOON };
    assert_eq!(effects.private, [PrivateChange::Account(account)]);

    let spelled = edited(EditAccount { username: Some(user_name("ADA")), ..NOTHING }, &standing);
    assert_eq!(spelled.events, [renamed(true, false)]);
    assert!(spelled.claims.is_empty(), "the claim is the same without regard to case");
    let shown = edited(EditAccount { name: Some("Countess".to_owned()), ..NOTHING }, &standing);
    assert_eq!((shown.events, shown.claims), (vec![renamed(false, true)], Vec::new()));
}

#[test]
fn another_address_is_not_confirmed_unless_that_is_said() {
    for (said, verified) in [(None, false), (Some(true), true), (Some(false), false)] {
        let mut standing = ada();
        standing.person.profile.email_verified = true;
        let user = standing.person.id;
        let new = email("new@example.com");
        let command = EditAccount { email: Some(new.clone()), email_verified: said, ..NOTHING };
        let effects = edited(command, &standing);
        let event = UserEmailUpdated {
            user_id: user,
            action: ContactAction::Set,
            masked_email: Some("n***@example.com".to_owned()),
            timestamp: NOON,
        };
        assert_eq!(effects.events, [event.into()]);
        let claims = [
            ClaimChange::Release { claim: Claim::Email(email("ada@example.com")), owner: user },
            ClaimChange::Take { claim: Claim::Email(new.clone()), owner: user },
        ];
        assert_eq!(effects.claims, claims);
        let profile = Profile { email: Some(new), email_verified: verified, ..Profile::empty(user) };
        assert_eq!(effects.private, [PrivateChange::Profile(profile)]);
        assert!(effects.guards.is_empty() && effects.work.is_empty());
    }
}

#[test]
fn an_address_is_confirmed_where_it_is() {
    let mut standing = ada();
    let user = standing.person.id;
    let confirm = EditAccount { email_verified: Some(true), ..NOTHING };
    let effects = edited(confirm.clone(), &standing);
    assert_eq!(effects.events, [EmailVerificationSet { user_id: user, verified: true }.into()]);
    let profile = Profile { email_verified: true, ..standing.person.profile.clone() };
    assert_eq!(effects.private, [PrivateChange::Profile(profile)]);
    standing.person.profile.email = None;
    assert_eq!(edit_account(confirm, &standing, NOON), Err(UserRefusal::EmailMissing));
}

#[test]
fn a_new_password_ends_all_sessions() {
    let standing = ada();
    let user = standing.person.id;
    let hash = FakeHasher::password_hash("secret");
    let effects = edited(EditAccount { password: Some(hash.clone()), ..NOTHING }, &standing);
    let expected = Effects {
        events: vec![PasswordSet { user_id: user, sessions_ended: 3 }.into()],
        private: vec![PrivateChange::Password { user, hash }],
        work: vec![WorkChange::SessionsEnded { user }],
        guards: vec![Guard::raise(GuardKey::CredentialEpoch(user), 7)],
        ..Effects::default()
    };
    assert_eq!(effects, expected);
}

#[test]
fn password_and_switching_off_end_them_once() {
    let standing = ada();
    let user = standing.person.id;
    let password = Some(FakeHasher::password_hash("secret"));
    let effects = edited(EditAccount { password, active: Some(false), ..NOTHING }, &standing);
    assert_eq!(
        effects.events,
        [
            PasswordSet { user_id: user, sessions_ended: 3 }.into(),
            UserDeactivated { user_id: user, sessions_ended: 3 }.into(),
        ]
    );
    assert_eq!(effects.guards, [Guard::raise(GuardKey::CredentialEpoch(user), 7)]);
}

#[test]
fn somebody_stays_to_administer() {
    let demoted = EditAccount { roles: Some([Role::User].into()), ..NOTHING };
    let off = EditAccount { active: Some(false), ..NOTHING };
    for command in [demoted.clone(), off] {
        let last = alone(UserStatus::Active, Some(&[Role::Admin]));
        assert_eq!(edit_account(command.clone(), &last, NOON), Err(UserRefusal::LastAdministrator));
        let one_of_two = standing(UserStatus::Active, Some(&[Role::Admin, Role::User]));
        assert!(edited(command, &one_of_two).guards.contains(&Guard::raise(GuardKey::Administrators, 4)));
    }
    let off_already = alone(UserStatus::Inactive, Some(&[Role::Admin]));
    let effects = edited(demoted, &off_already);
    assert_eq!(effects.events, [RolesChanged { user_id: off_already.person.id, roles: [Role::User].into() }.into()]);
    assert_eq!(effects.guards, [epoch_raised(&off_already)]);
    let still = EditAccount { roles: Some([Role::Admin, Role::Bot].into()), ..NOTHING };
    let last = alone(UserStatus::Active, Some(&[Role::Admin]));
    assert!(edited(still, &last).guards.is_empty());
}

#[test]
fn the_loss_of_a_role_moves_the_epoch_and_ends_nothing() {
    let both = standing(UserStatus::Active, Some(&[Role::User, Role::Bot]));
    for roles in [[].into(), [Role::Bot].into(), [Role::Bot, Role::Admin].into()] {
        let effects = edited(EditAccount { roles: Some(roles), ..NOTHING }, &both);
        assert_eq!((effects.guards, effects.work), (vec![epoch_raised(&both)], vec![]));
    }
    for roles in [[Role::User, Role::Bot].into(), [Role::User, Role::Bot, Role::Admin].into()] {
        assert!(edited(EditAccount { roles: Some(roles), ..NOTHING }, &both).guards.is_empty());
    }
    let off = EditAccount { roles: Some([].into()), active: Some(false), ..NOTHING };
    assert_eq!(edited(off, &both).guards, [epoch_raised(&both)]);
}

#[test]
fn a_suspended_person_is_not_switched_on() {
    let suspended = standing(UserStatus::Suspended, Some(&[Role::User]));
    let on = EditAccount { active: Some(true), ..NOTHING };
    assert_eq!(edit_account(on, &suspended, NOON), Err(UserRefusal::Suspended));
}

#[test]
fn who_has_no_account_gets_one_or_nothing() {
    let bare = standing(UserStatus::Active, None);
    let account = EditAccount {
        username: Some(user_name("ada")),
        password: Some(FakeHasher::password_hash("secret")),
        ..NOTHING
    };
    let added = edited(account.clone(), &bare);
    assert_eq!(added.events, [AccountAdded { user_id: bare.person.id, roles: [Role::User].into() }.into()]);
    for incomplete in [
        NOTHING,
        EditAccount { username: None, ..account.clone() },
        EditAccount { password: None, ..account.clone() },
        EditAccount { active: Some(false), ..account.clone() },
        EditAccount { email_verified: Some(true), ..account },
    ] {
        assert_eq!(edit_account(incomplete, &bare, NOON), Err(UserRefusal::NoAccount));
    }
}
