//! The use cases on fakes.

mod access;
mod aggregate;
mod camera;
mod camera_crash;
mod expiry;
mod factor_machine;
mod gate;
mod guessing;
mod history;
mod keys;
mod language;
mod life;
mod lockout;
mod locks;
mod meanwhile;
mod outbox;
mod people;
mod provisioning;
mod relay;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;
mod world;
