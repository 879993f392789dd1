//! Distinguished names as certificates hold them and as `Issuer` and `X509IssuerName` spell them.
//!
//! Never compared as strings: spelling, order of writing, spaces and encodings differ between producers.

mod attribute_type;
mod compare;
mod encoding;
mod parse;

use std::fmt;

use crate::switches::DnStyle;
pub use compare::Comparison;
pub use parse::DnError;

/// Longest text that is read as a distinguished name, in bytes.
pub const MAX_TEXT: usize = 8 * 1024;
/// Most attributes in one name.
pub const MAX_ATTRIBUTES: usize = 64;

/// A sequence of relative names in the order of the certificate: country first, the most specific name last.
///
/// `Debug` masks the name of a person; [`DistinguishedName::to_rfc4514`] does not.
#[derive(Clone, PartialEq, Eq)]
pub struct DistinguishedName {
    relative_names: Vec<RelativeName>,
}

/// One or several attributes that name one level together (`CN=…+SN=…+GN=…` of a person).
#[derive(Clone, PartialEq, Eq)]
pub struct RelativeName {
    attributes: Vec<NameAttribute>,
}

/// One type and its value.
#[derive(Clone, PartialEq, Eq)]
pub struct NameAttribute {
    /// Dotted OID of the type.
    oid: String,
    /// Decoded text.
    value: String,
    /// The DER of the value (tag, length, content).
    der: Vec<u8>,
}

impl DistinguishedName {
    /// Reads the text form: RFC 4514 or RFC 2253, spaces around separators tolerated, most specific name first.
    ///
    /// # Errors
    /// A text that is too long or not a distinguished name.
    pub fn parse(text: &str) -> Result<Self, DnError> {
        parse::parse(text)
    }

    /// From a certificate's name; a multi-valued level that is not in DER order is kept as it is.
    ///
    /// # Errors
    /// A value that is no DER string, or more attributes than [`MAX_ATTRIBUTES`].
    pub(crate) fn from_x509(name: &x509_parser::x509::X509Name<'_>) -> Result<Self, DnError> {
        encoding::from_x509(name)
    }

    /// The RFC 4514 text: most specific name first, no spaces, members of one level in the order of the certificate.
    pub fn to_rfc4514(&self, style: DnStyle) -> String {
        let levels = self.relative_names.iter().rev().map(|level| level.to_rfc4514(style));
        levels.collect::<Vec<_>>().join(",")
    }

    /// Whether `claimed` names the same subject, spelling aside.
    pub fn matches(&self, claimed: &Self, comparison: Comparison) -> bool {
        compare::matches(self, claimed, comparison)
    }

    /// The levels, country first.
    pub fn relative_names(&self) -> &[RelativeName] {
        &self.relative_names
    }

    /// Values of one type (dotted OID), least specific first.
    pub fn values(&self, oid: &str) -> impl Iterator<Item = &str> {
        let attributes = self.relative_names.iter().flat_map(|level| level.attributes.iter());
        attributes.filter(move |attribute| attribute.oid == oid).map(|attribute| attribute.value.as_str())
    }

    /// The most specific `CN`.
    pub fn common_name(&self) -> Option<&str> {
        self.values(attribute_type::COMMON_NAME).last()
    }

    /// The `OU` if there is exactly one: two cannot both name the structure.
    pub fn organizational_unit(&self) -> Option<&str> {
        let mut units = self.values(attribute_type::ORGANIZATIONAL_UNIT);
        units.next().filter(|_| units.next().is_none())
    }

    /// Whether the name has a surname, a given name or a title: the shape of a person's certificate.
    pub fn names_a_person(&self) -> bool {
        attribute_type::PERSONAL.iter().any(|oid| self.values(oid).next().is_some())
    }

    /// For journals: the RFC 4514 text, each value of a person's level masked.
    pub fn masked(&self) -> String {
        let person = self.names_a_person();
        let levels = self.relative_names.iter().rev().map(|level| {
            let members = level.attributes.iter().map(|attribute| {
                let hidden = person && attribute.oid != attribute_type::COUNTRY;
                attribute.labelled(if hidden { "***" } else { &attribute.value })
            });
            members.collect::<Vec<_>>().join("+")
        });
        levels.collect::<Vec<_>>().join(",")
    }
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({})", self.masked())
    }
}

impl RelativeName {
    /// The attributes, in the order of the certificate.
    pub fn attributes(&self) -> &[NameAttribute] {
        &self.attributes
    }

    fn to_rfc4514(&self, style: DnStyle) -> String {
        self.attributes.iter().map(|attribute| attribute.to_rfc4514(style)).collect::<Vec<_>>().join("+")
    }
}

impl fmt::Debug for RelativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.attributes).finish()
    }
}

impl NameAttribute {
    /// Dotted OID of the type.
    pub fn oid(&self) -> &str {
        &self.oid
    }

    /// The decoded text.
    pub fn value(&self) -> &str {
        &self.value
    }

    fn to_rfc4514(&self, style: DnStyle) -> String {
        match attribute_type::keyword(&self.oid, style) {
            Some(keyword) => format!("{keyword}={}", encoding::escape(&self.value)),
            None => format!("{}=#{}", self.oid, encoding::hexadecimal(&self.der)),
        }
    }

    fn labelled(&self, value: &str) -> String {
        format!("{}={value}", attribute_type::keyword(&self.oid, DnStyle::Keyword).unwrap_or(&self.oid))
    }
}

impl fmt::Debug for NameAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.labelled("***"))
    }
}

#[cfg(test)]
mod tests;
