//! What somebody signed in asks for is written only while the session stands, whatever it waited for in between.

mod ending;
mod scene;
mod store;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use portcullis_domain::policy::{Caller, Permission};
use portcullis_domain::session::TokenName;
use portcullis_domain::totp::{Proof, TwoFactorPolicy};
use portcullis_domain::usecase::session::{
    CreatePersonalAccessToken, EndOtherSessions, SignIn, SignInOrder, SignOut, TokenOrder,
};
use portcullis_domain::usecase::totp::{DisableTotp, EnableEmailFactor, ResetTotp};
use portcullis_domain::usecase::{Request, UseCaseError};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_session, user_name};
use portcullis_testkit::fake::FakeHasher;

use crate::usecase::world::{World, operator, request};

use ending::{ENDINGS, Ending};
use scene::{ACTS, Act, Scene, Told, When, named, sent};
use store::Meanwhile;

async fn overtaken(act: Act, ending: Ending, when: When) {
    let scene = Scene::of(act).await;
    let (world, root, ada) = (&scene.world, scene.root, scene.ada);
    let (ends, store, seen) = (ending.of(world, root, &scene.caller), world.store.clone(), Arc::new(Mutex::new(None)));
    let noted = Arc::clone(&seen);
    let events = Meanwhile::with(
        world,
        Box::pin(async move {
            ends.await;
            let after = Scene::seen(&store, root, ada).await;
            *noted.lock().unwrap() = Some(after);
        }),
    );
    if when == When::AtOnce {
        events.happens().await;
    }
    let commands = world.commands_on(events);
    let proving = if when == When::BeforeTheProof { commands.clone() } else { world.commands() };
    let gate = world.gate_on(proving);
    let answer = scene.acts(act, commands, gate).await;
    let case = format!("{act:?}, {ending:?}, {when:?}");
    let told = answer.expect_err(&case);
    // What became of the own account may stand in the way before: nothing is pending any more, nobody is left.
    if when != When::AtOnce && act.is_about_another() {
        assert_eq!(told, Told::Denied, "{case}");
    }
    let before = seen.lock().unwrap().take().expect("it ended");
    assert_eq!(Scene::seen(&world.store, root, ada).await, before, "{case}: something was written");
}

#[tokio::test]
async fn nothing_is_written_for_a_session_that_ended() {
    for act in ACTS {
        for ending in ENDINGS {
            for when in [When::AtOnce, When::BeforeTheProof, When::AfterTheProof] {
                overtaken(act, ending, when).await;
            }
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_is_done_while_the_session_stands() {
    for act in ACTS {
        let scene = Scene::of(act).await;
        let before = Scene::seen(&scene.world.store, scene.root, scene.ada).await;
        let (commands, gate) = (scene.world.commands(), scene.world.gate());
        assert_eq!(scene.acts(act, commands, gate).await, Ok(()), "{act:?}");
        let after = Scene::seen(&scene.world.store, scene.root, scene.ada).await;
        assert_ne!(after, before, "{act:?}");
    }
}

#[tokio::test]
async fn two_administrators_who_clear_one_factor_at_once_both_succeed() {
    let world = World::new();
    let (root, second) = (world.enrolled("root", Role::Admin).await, world.enrolled("second", Role::Admin).await);
    let ada = world.enrolled("ada", Role::User).await;
    let theirs = ResetTotp::new(world.commands(), world.store.clone(), world.store.clone(), world.gate());
    let events = Meanwhile::with(
        &world,
        Box::pin(async move {
            let ask = request(second.caller);
            let done = theirs.execute(&ask, Some(&named("ada")), &sent(&second.backup[0])).await.unwrap();
            assert!(done.value.event.is_some());
        }),
    );
    let mine = ResetTotp::new(world.commands_on(events), world.store.clone(), world.store.clone(), world.gate());
    let done = mine.execute(&request(root.caller), Some(&named("ada")), &sent(&root.backup[0])).await.unwrap();
    assert_eq!(done.value.event, None, "there was nothing left to clear");
    assert_eq!(world.told(ada.user).iter().filter(|name| *name == "TotpReset").count(), 1);
}

#[tokio::test]
async fn sessions_of_one_person_end_beside_each_other() {
    let world = World::new();
    let (user, first) = world.account("ada", Role::User).await;
    let others = [(); 2].map(|()| a_session(world.store.as_ref(), user, 0));
    let [second, third] = others.map(|session| async { operator(user, session.await, Role::User) });
    let (second, third) = (second.await, third.await);
    let signing_out = SignOut::new(world.token_ports());
    let theirs = request(second.clone());
    let events = Meanwhile::with(&world, Box::pin(async move { signing_out.execute(&theirs).await.unwrap() }));
    SignOut::new(world.token_ports_on(events)).execute(&request(first)).await.unwrap();
    let left: Vec<_> = world.store.sessions_of(user).iter().map(|session| session.token).collect();
    assert_eq!(left, [third.operator.as_ref().unwrap().session]);

    // The same session twice, by the look-up of a request that was slow.
    let ending = EndOtherSessions::new(world.commands(), world.store.clone());
    let theirs = request(third.clone());
    let events = Meanwhile::with(&world, Box::pin(async move { drop(ending.execute(&theirs).await.unwrap()) }));
    let ending = EndOtherSessions::new(world.commands_on(events), world.store.clone());
    ending.execute(&request(third)).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_beside_a_sign_out_succeeds() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let signing_out = SignOut::new(world.token_ports());
    let events = Meanwhile::with(&world, Box::pin(async move { signing_out.execute(&request(caller)).await.unwrap() }));
    let order = SignInOrder {
        login: Some(portcullis_domain::port::LoginName::UserName(user_name("ada"))),
        password: FakeHasher::password_digest("ada"),
        proof: Proof::default(),
    };
    let lifetime = Duration::from_hours(1);
    let commands = world.commands_on(events);
    let signing_in =
        SignIn::new(commands, world.store.clone(), world.hasher.clone(), world.gate(), world.lockout(), lifetime);
    let anonymous: Request = request(Caller::default());
    assert_eq!(signing_in.execute(&anonymous, &order).await.unwrap().user, user);
    assert_eq!(world.store.sessions_of(user).len(), 1);
}

#[tokio::test]
async fn a_session_goes_on_after_the_loss_of_a_role() {
    let scene = Scene::of(Act::SetActive).await;
    Ending::RoleLost.of(&scene.world, scene.root, &scene.caller).await;
    let caller = scene.world.again(&scene.caller).await;
    assert!(caller.operator.as_ref().unwrap().permissions.len() < Permission::ALL.len());
    let store = || scene.world.store.clone();
    EnableEmailFactor::new(scene.world.commands(), store(), store()).execute(&request(caller)).await.unwrap();
}

#[tokio::test]
async fn totp_that_is_switched_off_proves_nothing_but_itself() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let off = || world.gate_with(TwoFactorPolicy { totp_enabled: false, ..TwoFactorPolicy::default() });
    let name = TokenName::parse("new").unwrap();
    let order = TokenOrder { name, bypass_two_factor: false };
    world.clock.advance(Duration::from_hours(1));
    for code in [&ada.backup[0], &world.code(&ada.secret)] {
        let proof = Proof { forced: Some(portcullis_domain::totp::Method::Totp), ..sent(code) };
        let creating = CreatePersonalAccessToken::new(world.token_ports(), off());
        let answer = creating.execute(&request(ada.caller.clone()), &order, &proof).await;
        assert!(matches!(answer, Err(UseCaseError::Refused { .. })), "{answer:?}");
    }
    let disabling = DisableTotp::new(world.commands(), world.store.clone(), world.store.clone(), off());
    disabling.execute(&request(ada.caller.clone()), &ada.backup[0]).await.unwrap();
    assert_eq!(world.told(ada.user).last().unwrap(), "TotpDisabled");
}
