//! What the software is licensed for.

/// The licence, or the build, of a software. A regulation software has one access mode, which nothing switches off
/// (LDRM-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SoftwareKind {
    /// Care: normal access, and bris de glace.
    Care,
    /// Régulation médicale: centre 15, and nothing else.
    Regulation,
}
