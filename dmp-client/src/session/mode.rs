//! How a session is authenticated and why it opens records, as types: what a mode allows is what its type offers.
//!
//! `Session<Air>` and `Record<Air>` are a professional who consults; `Record<Direct, BrisDeGlace>` is one record opened
//! by a card holder in an emergency. The markers have no value: they only choose which methods exist.

/// AIR and AIR simplifié: a professional, through the certificates of a structure. Consults, never feeds.
#[derive(Debug)]
pub enum Air {}

/// INDIRECTE: a structure. Feeds, never consults.
#[derive(Debug)]
pub enum Indirect {}

/// DIRECTE: the holder of a card. Feeds and consults.
#[derive(Debug)]
pub enum Direct {}

/// DIRECTE with a CPE: an employee. Feeds for the structure (TD2.2), never consults.
#[derive(Debug)]
pub enum Cpe {}

/// AIR by a professional who is no professionnel de santé. Acts for the structure; neither feeds nor consults.
#[derive(Debug)]
pub enum AirNonPs {}
/// DIRECTE through Pro Santé Connect: a professional, by the proxy of a structure. Feeds and consults.
#[derive(Debug)]
pub enum ProSanteConnect {}

/// Normal access.
#[derive(Debug)]
pub enum Normal {}

/// Bris de glace: the patient cannot express a will and is at risk.
#[derive(Debug)]
pub enum BrisDeGlace {}

/// Régulation médicale (centre 15).
#[derive(Debug)]
pub enum Centre15 {}

/// A way to authenticate.
pub trait Authentication: sealed::Sealed + Send + Sync + 'static {}

/// Authentications of a person, which search, read and archive documents.
pub trait Consults: Authentication {}

/// Authentications that submit documents.
pub trait Feeds: Authentication {}

/// Authentications of an employee, who declares and lists for the structure.
pub trait ActsForStructure: Authentication {}

/// Authentications to which régulation médicale is open.
pub trait Regulates: Authentication {}
/// Authentications that enter the Web-PS (TD0.9, TD0.10).
pub trait OpensWebPs: Authentication {}

/// An access mode: the `purposeofuse` of the assertions.
pub trait AccessMode: sealed::Sealed + Send + Sync + 'static {}

impl Authentication for Air {}
impl Authentication for Indirect {}
impl Authentication for Direct {}
impl Authentication for Cpe {}
impl Authentication for AirNonPs {}
impl Authentication for ProSanteConnect {}
impl Consults for Air {}
impl Consults for Direct {}
impl Feeds for Indirect {}
impl Feeds for Direct {}
impl Feeds for Cpe {}
impl ActsForStructure for Cpe {}
impl ActsForStructure for AirNonPs {}
impl Regulates for Air {}
impl Regulates for Indirect {}
impl Regulates for Direct {}
impl Regulates for ProSanteConnect {}
impl Consults for ProSanteConnect {}
impl Feeds for ProSanteConnect {}
impl OpensWebPs for Air {}
impl OpensWebPs for Direct {}
impl OpensWebPs for Cpe {}
impl OpensWebPs for AirNonPs {}
impl OpensWebPs for ProSanteConnect {}
impl AccessMode for Normal {}
impl AccessMode for BrisDeGlace {}
impl AccessMode for Centre15 {}

mod sealed {
    /// The modes of the DMP are a closed list.
    pub trait Sealed {}
    impl Sealed for super::Air {}
    impl Sealed for super::Indirect {}
    impl Sealed for super::Direct {}
    impl Sealed for super::Cpe {}
    impl Sealed for super::AirNonPs {}
    impl Sealed for super::ProSanteConnect {}
    impl Sealed for super::Normal {}
    impl Sealed for super::BrisDeGlace {}
    impl Sealed for super::Centre15 {}
}
