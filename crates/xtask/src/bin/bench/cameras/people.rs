//! People with addresses, and what is asked about them.

use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::Result;

use crate::http;
use crate::load;
use crate::seed::person;
use crate::service::Service;

/// Connections that make people.
const MAKERS: usize = 16;

/// Numbered on from the first.
#[derive(Clone)]
pub(super) struct People {
    pub(super) address: SocketAddr,
    api_key: Rc<str>,
    first: usize,
    count: usize,
}

impl People {
    /// Makes them, each with an address and no camera account.
    pub(super) async fn make(service: &Service, first: usize, count: usize) -> Result<Self> {
        let people = Self { address: service.address, api_key: service.api_key()?.into(), first, count };
        let making = people.clone();
        let create = move |number: usize| {
            let id = making.id(number);
            let body = format!(r#"{{"userId":"{id}","email":"bench{}@example.com"}}"#, making.first + number);
            http::post(&format!("/users/{id}/CreateUser"), &making.api_key, &body)
        };
        load::send(people.address, MAKERS, count, None, create).await?;
        Ok(people)
    }

    /// So many of them, from one on, at a service started anew.
    pub(super) fn part(&self, service: &Service, from: usize, count: usize) -> Self {
        Self { address: service.address, first: self.first + from, count, api_key: Rc::clone(&self.api_key) }
    }

    pub(super) fn profile(&self, number: usize) -> Vec<u8> {
        self.read(number, "profile")
    }

    pub(super) fn credentials(&self, number: usize) -> Vec<u8> {
        self.read(number, "3deye-credentials")
    }

    /// A grant to the person, for even numbers, and its end, for odd ones.
    pub(super) fn grant_or_revoke(&self, number: usize, lock: usize) -> Vec<u8> {
        let (name, body) = if number.is_multiple_of(2) {
            let body = format!(r#"{{"lockId":"{lock}","lockName":"Door","accessLevel":"USER","grantedBy":"bench"}}"#);
            ("AddAccessibleLock", body)
        } else {
            let body = format!(r#"{{"lockId":"{lock}","removedBy":"bench","reason":"moved out of the building"}}"#);
            ("RemoveAccessibleLock", body)
        };
        http::post(&format!("/users/{}/{name}", self.id(lock)), &self.api_key, &body)
    }

    fn read(&self, number: usize, what: &str) -> Vec<u8> {
        http::get(&format!("/users/{}/{what}", self.id(number)), &[("X-API-Key", &self.api_key)])
    }

    fn id(&self, number: usize) -> String {
        person(self.first + number % self.count)
    }
}
