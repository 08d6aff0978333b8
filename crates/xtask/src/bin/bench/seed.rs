//! People, and locks to grant to them and to take away.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use crate::http;
use crate::load;
use crate::report::Measured;
use crate::service::Service;

/// Grants are numbered. Neighbours are of different people, so that callers meet on the database and not on one person.
#[derive(Clone)]
pub(crate) struct Seed {
    address: SocketAddr,
    api_key: Rc<str>,
    people: usize,
    grants: usize,
    connections: usize,
    /// The numbers of those that are not there.
    missing: Rc<RefCell<Vec<usize>>>,
}

impl Seed {
    /// Makes the people; the grants come with [`Seed::grant`].
    pub(crate) async fn make(service: &Service, people: usize, grants: usize, connections: usize) -> Result<Self> {
        let seed = Self {
            address: service.address,
            api_key: service.api_key()?.into(),
            people,
            grants,
            connections,
            missing: Rc::new(RefCell::new((0..grants).collect())),
        };
        let making = seed.clone();
        let create = move |number| {
            let id = person(number);
            http::post(&format!("/users/{id}/CreateUser"), &making.api_key, &format!(r#"{{"userId":"{id}"}}"#))
        };
        load::send(seed.address, connections, people, None, create).await?;
        Ok(seed)
    }

    /// The same people of a service started anew.
    pub(crate) fn moved(self, service: &Service) -> Self {
        Self { address: service.address, ..self }
    }

    /// The same people with so many callers at once.
    pub(crate) fn with_connections(&self, connections: usize) -> Self {
        Self { connections, ..self.clone() }
    }

    /// So many of the people with so many grants between them, none of which is there.
    pub(crate) fn with_grants(&self, people: usize, grants: usize) -> Self {
        Self { people, grants, missing: Rc::new(RefCell::new((0..grants).collect())), ..self.clone() }
    }

    /// One grant to one person, and gone again.
    pub(crate) async fn grant_and_revoke(&self, number: usize) -> Result<()> {
        for request in [Self::add, Self::remove] {
            let one = Self { people: number + 1, ..self.clone() };
            load::send(self.address, 1, 1, None, move |_| request(&one, number)).await?;
        }
        Ok(())
    }

    /// Makes the grants that are not there, until all are or the time is up.
    pub(crate) async fn grant(&self, limit: Option<Duration>) -> Result<Measured> {
        let missing = self.missing.take();
        let (granting, numbers) = (self.clone(), missing.clone());
        let request = move |at: usize| granting.add(numbers[at]);
        let (measured, sent) = load::send(self.address, self.connections, missing.len(), limit, request).await?;
        self.missing.replace(missing[sent..].to_vec());
        Ok(measured)
    }

    /// Takes grants away, all of which are there, until all are gone or the time is up.
    pub(crate) async fn revoke(&self, limit: Option<Duration>) -> Result<Measured> {
        let revoking = self.clone();
        let request = move |grant| revoking.remove(grant);
        let (measured, sent) = load::send(self.address, self.connections, self.grants, limit, request).await?;
        self.missing.replace((0..sent).collect());
        Ok(measured)
    }

    /// Reads lists until the time is up.
    pub(crate) async fn list(&self, limit: Duration) -> Result<Measured> {
        let reading = self.clone();
        let request = move |number: usize| {
            let path = format!("/users/{}/accessible-locks", person(number % reading.people));
            http::get(&path, &[("X-API-Key", &reading.api_key)])
        };
        Ok(load::send(self.address, self.connections, usize::MAX, Some(limit), request).await?.0)
    }

    fn remove(&self, grant: usize) -> Vec<u8> {
        let lock = self.lock(grant);
        let body = format!(r#"{{"lockId":"{lock}","removedBy":"bench","reason":"moved out of the building"}}"#);
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

/// The number of a person is the last part of its id, in hex.
pub(crate) const PERSON: &str = "01900000-0000-7000-8000-";

pub(crate) fn person(number: usize) -> String {
    format!("{PERSON}{number:012x}")
}
