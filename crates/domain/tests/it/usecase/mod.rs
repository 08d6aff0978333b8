//! The use cases on fakes.

mod access;
mod camera;
mod camera_crash;
<<<<<<< HEAD
mod expiry;
=======
mod keys;
>>>>>>> def4f8a (Let keys be rotated and listed, and show a repeated request the key it made)
mod second_factor;
mod sign_in;
mod world;
