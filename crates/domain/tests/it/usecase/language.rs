//! The language a person is written to in.

use portcullis_domain::ids::UserId;
use portcullis_domain::port::UserRepository;
use portcullis_domain::session::TokenHash;
use portcullis_domain::text::Language;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::user::SetLanguage;
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_person, a_user_id};

use super::world::{World, operator, request, staff};

fn tag(text: &str) -> Language {
    Language::parse(text).unwrap()
}

async fn language_of(world: &World, user: UserId) -> Option<Language> {
    UserRepository::find(world.store.as_ref(), user).await.unwrap().unwrap().language
}

#[tokio::test]
async fn people_set_their_own_and_administrators_anybodys() {
    let world = World::new();
    let ada = a_person().account("ada", &[Role::User]).put(world.store.as_ref()).await;
    let set = SetLanguage::new(world.commands(), world.store.clone());
    let own = request(operator(ada, TokenHash::new([1; 32]), Role::User));
    let answered = set.execute(&own, ada, Some(Some(tag("de-AT")))).await.unwrap();
    assert_eq!(answered, Some(tag("de-AT")));
    assert_eq!(language_of(&world, ada).await, Some(tag("de-AT")));
    assert_eq!(set.execute(&own, ada, None).await.unwrap(), Some(tag("de-AT")), "nothing said, nothing changed");

    let bob = operator(a_user_id(), TokenHash::new([2; 32]), Role::User);
    for caller in [bob, staff()] {
        let refused = set.execute(&request(caller), ada, Some(None)).await;
        assert!(matches!(refused, Err(UseCaseError::Denied(_))));
    }
    let root = request(operator(a_user_id(), TokenHash::new([3; 32]), Role::Admin));
    assert_eq!(set.execute(&root, ada, Some(None)).await.unwrap(), None);
    assert_eq!(language_of(&world, ada).await, None);
    let unknown = set.execute(&root, a_user_id(), Some(None)).await;
    assert!(matches!(unknown, Err(UseCaseError::NotFound { .. })));
}

#[tokio::test]
async fn it_leaves_no_event() {
    let world = World::new();
    let ada = a_person().account("ada", &[Role::User]).put(world.store.as_ref()).await;
    let set = SetLanguage::new(world.commands(), world.store.clone());
    let events = world.store.envelopes().len();
    let own = request(operator(ada, TokenHash::new([1; 32]), Role::User));
    set.execute(&own, ada, Some(Some(tag("de")))).await.unwrap();
    assert_eq!(world.store.envelopes().len(), events);
}

#[test]
fn a_tag_is_looked_for_from_the_special_to_the_general() {
    let candidates: Vec<_> = tag("zh_Hant-TW").candidates().collect();
    assert_eq!(candidates, ["zh-hant-tw", "zh-hant", "zh"]);
    for wrong in ["", "1", "-de", "d e", "de\r\nBcc: x", "dé", &"a".repeat(36)] {
        assert!(Language::parse(wrong).is_err(), "{wrong}");
    }
}
