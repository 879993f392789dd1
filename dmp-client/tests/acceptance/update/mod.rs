//! TD3.3: visibility, archive, deletion.

mod archive;
mod delete;
mod visibility;
