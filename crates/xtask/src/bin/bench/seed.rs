//! People with locks to take away.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::Result;

use crate::http;
use crate::load;
use crate::service::Service;

/// Grants are numbered. Neighbours are of different people, so that callers meet on the database and not on one person.
#[derive(Clone)]
pub(crate) struct Seed {
    pub(crate) address: SocketAddr,
    api_key: Rc<str>,
    people: usize,
    connections: usize,
    /// From which number on the grants are still there, and up to which.
    missing: Rc<Cell<usize>>,
    made: Rc<Cell<usize>>,
}

impl Seed {
    /// Makes the people; the grants come with [`Seed::grant`].
    pub(crate) async fn make(service: &Service, people: usize, connections: usize) -> Result<Self> {
        let seed = Self {
            address: service.address,
            api_key: service.api_key()?.into(),
            people,
            connections,
            missing: Rc::default(),
            made: Rc::default(),
        };
        let making = seed.clone();
        let create = move |number| {
            let id = person(number);
            http::post(&format!("/users/{id}/CreateUser"), &making.api_key, &format!(r#"{{"userId":"{id}"}}"#))
        };
        load::send(seed.address, connections, people, None, create).await?;
        Ok(seed)
    }

    /// Makes grants 0 to `count` be there again: those removed, and those never made.
    pub(crate) async fn grant(&self, count: usize) -> Result<()> {
        let (missing, made) = (self.missing.replace(0), self.made.replace(count));
        let granting = self.clone();
        let numbers: Vec<usize> = (0..missing).chain(made..count).collect();
        let total = numbers.len();
        load::send(self.address, self.connections, total, None, move |at| granting.add(numbers[at])).await?;
        Ok(())
    }

    /// Grants 0 to `count` are gone.
    pub(crate) fn removed(&self, count: usize) {
        self.missing.set(count);
    }

    pub(crate) fn revoke(&self, grant: usize) -> Vec<u8> {
        let body =
            format!(r#"{{"lockId":"{}","removedBy":"bench","reason":"moved out of the building"}}"#, self.lock(grant));
        self.command(grant, "RemoveAccessibleLock", &body)
    }

    fn add(&self, grant: usize) -> Vec<u8> {
        let lock = self.lock(grant);
        let body = format!(r#"{{"lockId":"{lock}","lockName":"Door","accessLevel":"USER","grantedBy":"bench"}}"#);
        self.command(grant, "AddAccessibleLock", &body)
    }

    fn command(&self, grant: usize, name: &str, body: &str) -> Vec<u8> {
        http::post(&format!("/users/{}/{name}", person(grant % self.people)), &self.api_key, body)
    }

    fn lock(&self, grant: usize) -> usize {
        1 + grant / self.people
    }
}

fn person(number: usize) -> String {
    format!("01900000-0000-7000-8000-{number:012x}")
}
