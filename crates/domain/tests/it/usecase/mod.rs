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
mod life;
mod locks;
mod people;
mod second_factor;
mod sign_in;
mod world;
