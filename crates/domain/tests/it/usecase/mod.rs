//! The use cases on fakes.

mod access;
mod aggregate;
mod camera;
mod camera_crash;
mod expiry;
mod history;
mod keys;
mod life;
mod locks;
mod people;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;
mod world;
