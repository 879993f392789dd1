//! TD2.1: what is fed, by whom, in which mode.

mod authors;
mod content;
mod hidden;
mod imaging;
mod lots;
mod modes;
mod opposition;
mod replacement;
mod vaccination;
mod volets;
